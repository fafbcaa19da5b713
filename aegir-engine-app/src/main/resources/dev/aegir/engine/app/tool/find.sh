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
        real=$(readlink -f -- "$place") || real=
        if [ ! -f "$real" ] || [ ! -r "$real" ]; then
            echo "$at no file that can be read"
            exit 0
        fi
        case $place in
        "$code"/*)
            # Code may lead to other code, and to nothing else.
            case $real in
            "$whole"/*) ;;
            *) echo "$at a link that leads out of the code"; exit 0 ;;
            esac
            ;;
        *)
            if [ "$(stat -c %u -- "$real")" != 0 ] || [ -n "$(find "$real" -maxdepth 0 -perm /022)" ]; then
                echo "$at a file that others than root can change"
                exit 0
            fi
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
