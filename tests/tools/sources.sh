# Sourced by the tools beside it: $top, and the project's C files, one a line.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

c_files() { # [name pattern] [folder...]
    local pattern=${1:-*.[ch]} folder folders=()
    shift || true
    for folder in "${@:-.}"; do [[ -d $top/$folder ]] && folders+=("$folder"); done
    (cd "$top" && find "${folders[@]}" -path ./build -prune -o -type f -name "$pattern" \
        ! -path './.git/*' -print | sed 's|^\./||' | LC_ALL=C sort)
}

# ctest reads 77 as "skipped" (see setup/cmake/tools.cmake).
need() {
    command -v "$1" >/dev/null || { echo "$1 is not installed"; exit 77; }
}
