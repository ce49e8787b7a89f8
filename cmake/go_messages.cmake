# Generates the Go bindings of the messages and services into src/msgs, which is
# not under version control.
#
# The generator is always the one of src/rclgo. What it writes compiles against
# upstream's rclgo too, if go.mod points there.

set(go_messages ${CMAKE_CURRENT_SOURCE_DIR}/src/msgs)

# This package's own messages are not installed yet: an ament prefix in the build
# folder shows them to the generator.
set(go_prefix ${CMAKE_CURRENT_BINARY_DIR}/go_prefix)
set(go_interfaces)
foreach(interface msg/AudioData.msg msg/Spectrum.msg)
  configure_file(${interface} ${go_prefix}/share/${PROJECT_NAME}/${interface} COPYONLY)
  list(APPEND go_interfaces ${go_prefix}/share/${PROJECT_NAME}/${interface})
endforeach()

set(go_roots --root-path ${go_prefix})
string(REPLACE ":" ";" prefixes "$ENV{AMENT_PREFIX_PATH}")
foreach(prefix IN LISTS prefixes)
  if(IS_DIRECTORY ${prefix}/share)
    list(APPEND go_roots --root-path ${prefix})
  endif()
endforeach()
set(go_packages)
foreach(package IN LISTS interface_packages ITEMS ${PROJECT_NAME})
  list(APPEND go_packages --include-package-deps ${package})
endforeach()
list(APPEND go_packages ${go_foreign})

# Changes when other messages are sourced, and only then.
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/go_roots.txt CONTENT "${go_roots} ${go_packages}\n")

set(go_generator ${CMAKE_CURRENT_BINARY_DIR}/bin/rclgo-gen)
add_custom_target(${PROJECT_NAME}_go_generator
  COMMAND ${in_go_environment} ${CMAKE_CURRENT_LIST_DIR}/build_if_changed.sh
    ${GO_EXECUTABLE} src/rclgo ./cmd/rclgo-gen ${go_generator}
  BYPRODUCTS ${go_generator}
  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  COMMENT "Building the generator of Go bindings"
  VERBATIM)

add_custom_command(
  OUTPUT ${go_messages}/.generated
  COMMAND ${go_generator} generate
    ${go_roots}
    ${go_packages}
    --dest-path ${go_messages}
    --message-module-prefix ${PROJECT_NAME}/src/msgs
    --cgo-flags-path ""
  COMMAND ${CMAKE_COMMAND} -E touch ${go_messages}/.generated
  DEPENDS
    ${PROJECT_NAME}_go_generator
    ${go_generator}
    ${go_interfaces}
    ${CMAKE_CURRENT_BINARY_DIR}/go_roots.txt
  COMMENT "Generating Go bindings of the messages"
  VERBATIM)
add_custom_target(${PROJECT_NAME}_go_messages DEPENDS ${go_messages}/.generated)
