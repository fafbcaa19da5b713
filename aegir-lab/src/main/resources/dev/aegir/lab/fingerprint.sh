# SPDX-License-Identifier: Apache-2.0
#
# Prints what there is below the given trees: NUL-terminated records, in no order. Trees that do not exist have none.
#   E TYPE MODE OWNER:GROUP LINK-TARGET PATH, tab-separated; H SHA256 PATH; A the access control lists of all, as text.
set -euo pipefail
export LC_ALL=C
present=()
for tree in "$@"; do
    if [ -e "$tree" ] || [ -L "$tree" ]; then
        present+=("$tree")
    fi
done
[ "${#present[@]}" -gt 0 ] || exit 0
find "${present[@]}" -path /.aegir-lab -prune -o -printf 'E\t%y\t%m\t%u:%g\t%l\t%p\0'
find "${present[@]}" -path /.aegir-lab -prune -o -type f -print0 | xargs -0 -r sha256sum --zero |
    sed -z 's/^\(.\{64\}\)  /H\t\1\t/'
printf 'A\t%s\0' "$(getfacl --recursive --physical --skip-base --absolute-names -- "${present[@]}" 2>/dev/null)"
