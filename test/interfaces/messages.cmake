# A package of the messages in msg/, which have fields of the packages in ${dependencies}.
find_package(ament_cmake REQUIRED)
find_package(rosidl_default_generators REQUIRED)
foreach(dependency ${dependencies})
  find_package(${dependency} REQUIRED)
endforeach()
# rclpy and Go take none of the C++ type supports.
list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "^rosidl_typesupport(_introspection)?_cpp:")
file(GLOB messages RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} msg/*.msg)
rosidl_generate_interfaces(${PROJECT_NAME} ${messages} DEPENDENCIES ${dependencies})
ament_export_dependencies(rosidl_default_runtime)
ament_package()
