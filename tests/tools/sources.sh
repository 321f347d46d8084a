# Sourced by the tools beside it: $top, and the project's C files, one a line.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

c_files() { # [name pattern] [folder...]
    local pattern=${1:-*.[ch]}
    shift || true
    (cd "$top" && find "${@:-.}" -path ./build -prune -o -type f -name "$pattern" \
        ! -path './.git/*' ! -path '*/node_modules/*' -print | sed 's|^\./||' | LC_ALL=C sort)
}

# ctest reads 77 as "skipped" (see setup/cmake/tools.cmake).
need() {
    command -v "$1" >/dev/null || { echo "$1 is not installed"; exit 77; }
}
