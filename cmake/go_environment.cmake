# Finds Go and writes go_environment.sh into the build folder: all that cgo has
# to know to compile against this ROS 2, as shell variables. The build sources
# it, and so does everyone who calls go by hand, so that all have the same flags
# and share Go's build cache.
#
# Sets two prefixes of a COMMAND that runs in this environment: in_go_environment
# for any program, go_command for go itself.
#
# The flags come from the imported targets alone, whose names are the same in
# every distribution and wherever it is installed.

if(GO_EXECUTABLE AND NOT EXISTS ${GO_EXECUTABLE})
  unset(GO_EXECUTABLE CACHE)
endif()
find_program(GO_EXECUTABLE go
  HINTS ${CMAKE_CURRENT_SOURCE_DIR}/.deps/go/bin
  PATHS /usr/local/go/bin
  DOC "The go command, 1.21 or newer, 1.24 without a network")
if(NOT GO_EXECUTABLE)
  message(FATAL_ERROR "go is not on PATH: install golang-go, or run tools/setup/go.sh install")
endif()
# With vendor/ nothing is fetched, so that this go compiles, not the toolchain of go.mod.
if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/vendor AND NOT DEFINED ENV{GOTOOLCHAIN})
  set(ENV{GOTOOLCHAIN} local)
endif()
# Asked inside the module, a go that is too old fails or fetches a newer one.
execute_process(
  COMMAND ${GO_EXECUTABLE} env GOVERSION
  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  OUTPUT_VARIABLE go_version
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE go_result)
if(NOT go_result EQUAL 0)
  message(FATAL_ERROR "${GO_EXECUTABLE} does not work on go.mod: run tools/setup/go.sh install")
endif()
message(STATUS "Found Go: ${GO_EXECUTABLE} (${go_version})")

# gocv as a whole wants a newer OpenCV than Debian and Ubuntu have; with this tag
# only the modules that have a tag of their own are compiled, and core, imgproc and
# imgcodecs. With customenv, gocv leaves it to us what is linked: its pkg-config file
# lists all of OpenCV.
set(go_tags gocv_specific_modules customenv ${foreign_packages})
list(JOIN go_tags "," go_tags)

# This target stands for all that Go code is compiled and linked against.
add_library(${PROJECT_NAME}_go INTERFACE)
set(go_link_targets)
foreach(package IN LISTS client_packages)
  target_link_libraries(${PROJECT_NAME}_go INTERFACE ${package}::${package})
  list(APPEND go_link_targets ${package}::${package})
endforeach()
foreach(package IN LISTS interface_packages foreign_packages)
  foreach(kind generator_c typesupport_c)
    list(APPEND go_link_targets ${package}::${package}__rosidl_${kind})
  endforeach()
endforeach()
foreach(kind generator_c typesupport_c)
  list(APPEND go_link_targets ${PROJECT_NAME}__rosidl_${kind})
endforeach()
target_link_libraries(${PROJECT_NAME}_go INTERFACE ${go_link_targets})

# Actions are not used here; an rclgo that has them finds their headers.
find_package(rcl_action QUIET)
if(rcl_action_FOUND)
  target_link_libraries(${PROJECT_NAME}_go INTERFACE rcl_action::rcl_action)
endif()

set(go_includes $<TARGET_PROPERTY:${PROJECT_NAME}_go,INTERFACE_INCLUDE_DIRECTORIES>)
# The compiler knows its own folders, and their order matters.
set(go_includes $<REMOVE_DUPLICATES:$<FILTER:${go_includes},EXCLUDE,^/usr/include$>>)

# The files to link: those of the targets, those that an interface target stands
# for (rmw_implementation does where a single middleware is built in), and those
# of messages that others are made of.
set(go_libraries)
set(go_library_folders)
set(go_targets_done)
while(go_link_targets)
  list(POP_FRONT go_link_targets target)
  if(target IN_LIST go_targets_done)
    continue()
  endif()
  list(APPEND go_targets_done ${target})
  if(IS_ABSOLUTE ${target})
    list(APPEND go_libraries ${target})
    continue()
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(behind ${target} INTERFACE_LINK_LIBRARIES)
  if(NOT type STREQUAL INTERFACE_LIBRARY)
    list(APPEND go_libraries $<TARGET_LINKER_FILE:${target}>)
    list(APPEND go_library_folders $<TARGET_LINKER_FILE_DIR:${target}>)
    list(FILTER behind INCLUDE REGEX "__rosidl_(generator|typesupport)_c$")
  endif()
  foreach(library IN LISTS behind)
    if(IS_ABSOLUTE ${library} OR TARGET ${library})
      list(APPEND go_link_targets ${library})
    endif()
  endforeach()
endwhile()
# Python's part of messages wants Python itself.
list(FILTER go_libraries EXCLUDE REGEX rosidl_generator_py)
set(go_libraries $<REMOVE_DUPLICATES:${go_libraries}>)
# What an rclgo links by name alone is in one of these folders.
string(REPLACE ":" ";" prefixes "$ENV{AMENT_PREFIX_PATH}")
foreach(prefix IN LISTS prefixes)
  if(IS_DIRECTORY ${prefix}/lib)
    list(APPEND go_library_folders ${prefix}/lib)
  endif()
endforeach()
set(go_library_folders $<REMOVE_DUPLICATES:${go_library_folders}>)

# An OpenCV that is built as one library has no other.
set(go_opencv_libraries opencv_imgproc opencv_core)
if(NOT opencv_core IN_LIST OPENCV_LIBRARIES)
  set(go_opencv_libraries ${OPENCV_LIBRARIES})
endif()
set(go_opencv_flags ${OPENCV_LIBRARY_DIRS})
list(TRANSFORM go_opencv_flags PREPEND -L)
list(TRANSFORM go_opencv_libraries PREPEND -l)
list(APPEND go_opencv_flags ${go_opencv_libraries})

# Only libraries that are called get into the executable. gocv's part for imgcodecs, which
# drags in GDAL and 118 libraries, is called by nothing: --gc-sections leaves it out, and so
# it needs no library. It is for programs alone: in CGO_LDFLAGS, Go would not find what its
# race detector wants of libc.
#
# Of several -tags Go takes the last: ours.
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/go_environment.sh CONTENT
"# Made by CMake: how Go compiles av_capture. Source it in sh or bash.
export CGO_ENABLED=1
export CGO_CFLAGS='-O2 -g \"-I$<JOIN:${go_includes},\" \"-I>\"'
export CGO_CXXFLAGS='-O2 -g -DNDEBUG \"-I$<JOIN:${OPENCV_INCLUDE_DIRS},\" \"-I>\"'
export CGO_LDFLAGS='-O2 -g -Wl,--as-needed \"-L$<JOIN:${go_library_folders},\" \"-L>\" \"-Wl,-rpath-link,$<JOIN:${go_library_folders},\" \"-Wl,-rpath-link,>\" \"$<JOIN:${go_libraries},\" \">\" \"$<JOIN:${go_opencv_flags},\" \">\"'
[ ! -d '${CMAKE_CURRENT_SOURCE_DIR}/vendor' ] || export GOTOOLCHAIN=\"\${GOTOOLCHAIN:-local}\"
GOFLAGS=\"\${GOFLAGS-}\"
GOFLAGS=\"\${GOFLAGS%\"\${AV_CAPTURE_GOFLAGS-}\"}\" # sourced before, maybe with other tags
export AV_CAPTURE_GOFLAGS='-trimpath -buildvcs=false -ldflags=-extldflags=-Wl,--gc-sections -tags=${go_tags}'
export GOFLAGS=\"\${GOFLAGS:+\${GOFLAGS% } }\$AV_CAPTURE_GOFLAGS\"
")

set(in_go_environment sh -c ". \"$0\" && exec \"$@\""
  ${CMAKE_CURRENT_BINARY_DIR}/go_environment.sh)
set(go_command ${in_go_environment} ${GO_EXECUTABLE})
