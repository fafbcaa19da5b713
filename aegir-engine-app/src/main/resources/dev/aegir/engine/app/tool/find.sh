# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Which of the places has a program for a site's code: says its number, and what reads it or why nothing shall.
code=$1
shift
export LC_ALL=C
whole=$(readlink -f -- "$code") || exit 0
at=0
for place in "$@"; do
    if [ -e "$place" ] || [ -L "$place" ]; then
        real=$(readlink -f -- "$place") && [ -f "$real" ] && [ -r "$real" ] || { echo "$at no file that can be read"; exit 0; }
        case $place in
        "$code"/*)
            # Code may lead to other code, and to nothing else.
            case $real in
            "$whole"/*) ;;
            *) echo "$at a link that leads out of the code"; exit 0 ;;
            esac
            ;;
        *)
            [ "$(stat -c %u -- "$real")" = 0 ] && [ -z "$(find "$real" -maxdepth 0 -perm /022)" ] \
                || { echo "$at a file that others than root can change"; exit 0; }
            ;;
        esac
        case $(head -c 200 -- "$real" | head -n 1 | tr -d '\000') in
        '#!'*php* | '<?php'*) echo "$at php" ;;
        '#!'*/sh | '#!'*' sh' | '#!'*bash) echo "$at sh" ;;
        *) echo "$at neither a program in PHP nor one for a shell" ;;
        esac
        exit 0
    fi
    at=$((at + 1))
done
