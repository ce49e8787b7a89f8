# Finds the packages of foreign_messages that are installed, and sets foreign_packages to
# their names: each is a build tag of Go too, for the files that use its messages.
#
# A package that lacks a message that is used is an older one, or one of somebody else with
# the same name. It counts as absent.

set(foreign_packages)
set(go_foreign)  # arguments of the generator of Go bindings
foreach(entry IN LISTS foreign_messages)
  string(REPLACE ":" ";" entry ${entry})
  list(GET entry 0 package)
  list(GET entry 1 messages)
  string(REPLACE "," ";" messages ${messages})
  unset(${package}_DIR CACHE)  # else one that is no longer sourced is found again
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    message(STATUS "${package} is not installed: built without its messages")
    continue()
  endif()
  set(missing)
  foreach(message IN LISTS messages)
    if(NOT EXISTS ${${package}_DIR}/../msg/${message}.msg)
      list(APPEND missing ${message})
    endif()
  endforeach()
  if(missing)
    list(JOIN missing ", " missing)
    message(STATUS "${package} in ${${package}_DIR} has no ${missing}: built without its messages")
    continue()
  endif()
  message(STATUS "Found ${package}: ${${package}_DIR}")
  list(APPEND foreign_packages ${package})
  foreach(message IN LISTS messages)
    list(APPEND go_foreign --include-message ${package}/${message})
  endforeach()
endforeach()
