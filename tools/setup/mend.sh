#!/usr/bin/env bash
# Mends what the wheels of ROS 2 get wrong outside the machine that built them.
#
#   tools/setup/mend.sh PREFIX
set -euo pipefail

prefix=$1
cd "$prefix"
python=$prefix/bin/python3
site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')

# The exported CMake files name the Python of the machine that built them.
include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
numpy=$("$python" -c 'import numpy; print(numpy.get_include())')
base=$("$python" -c 'import sys; print(sys.base_prefix)')
built='/opt/python/cp3[0-9]+-cp3[0-9]+'
{ grep -rlIE "$built" share --include='*.cmake' || true; } | xargs --no-run-if-empty sed -i -E \
	-e "s|$built/include/python3\.[0-9]+|$include|g" \
	-e "s|$built/lib/python3\.[0-9]+/site-packages/numpy/_core/include|$numpy|g" \
	-e "s|$built|$base|g"

# Third-party libraries lie beside the Python packages, where nothing finds
# them. With links in lib that one folder is enough for the loader and the
# linker.
for library in "$site"/ros_*.libs/*; do
	ln -sf "${library#"$prefix/lib/"}" lib/
done

# librcl and others need lib*__rosidl_generator_py.so, though they use nothing of
# it. Those want Python's own symbols, so that a program which is not Python dies
# when it starts. What Python imports keeps them.
for library in lib/*.so; do
	[[ -L $library || $library == *__rosidl_generator_py.so ]] && continue
	unneeded=()
	while read -r needed; do
		[[ $needed == *__rosidl_generator_py.so ]] && unneeded+=(--remove-needed "$needed")
	done < <(patchelf --print-needed "$library")
	((${#unneeded[@]} == 0)) || patchelf "${unneeded[@]}" "$library"
done

# rcl is linked to its one middleware directly, without the librmw_implementation
# that would choose one: who asks for it gets that middleware.
[[ -e lib/librmw_implementation.so ]] || ln -s librmw_fastrtps_cpp.so lib/librmw_implementation.so
