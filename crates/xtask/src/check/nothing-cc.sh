#!/bin/sh
# For `cargo check` of another system only: stands where its C and resource compilers would be.
# `cargo check` links nothing, so that what a build script compiles beside the Rust code is never
# looked at; an empty file will do. Only the questions about itself are answered.
case $1 in
-E) exec cc "$@" ;;
-V) exec echo "GNU windres, or rather nothing" ;;
esac
while [ $# -gt 1 ]; do
    case $1 in
    -o | --output) exec touch "$2" ;;
    esac
    shift
done
exit 1
