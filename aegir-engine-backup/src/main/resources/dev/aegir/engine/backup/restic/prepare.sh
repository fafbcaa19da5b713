# SPDX-License-Identifier: Apache-2.0
#
# There is a repository, and it bears our mark. $1 look, make, mark or undo; then the tags of the mark. Prints + when there is no
# repository; else the snapshots that bear a mark and, when there are none, some others.

verb=$1
mark=$2

marks() {
    marked=$(patient_restic snapshots --json --tag aegir-repository) || exit "$?"
    printf '%s\n' "$marked"
    [ "$marked" != '[]' ] || patient_restic snapshots --json --latest 1
}

case $verb in
    look)
        if patient_restic cat config >/dev/null 2>&1; then
            marks
        elif grep -q 'Is there a repository at the following location' "/proc/$$/fd/7"; then
            case $repository in
                /*)
                    [ ! -L "$repository" ] || refuse "$repository is a link: see who made it"
                    [ ! -e "$repository" ] || [ -z "$(ls -A -- "$repository")" ] ||
                        refuse "$repository is not empty, and no repository of restic's: choose another directory"
                    ;;
            esac
            printf '+\n'
        else
            restic_said
            exit 1
        fi
        ;;
    make)
        case $repository in
            /*)
                if [ ! -d "$repository" ]; then
                    (umask 022 && mkdir -p -- "${repository%/*}") && mkdir -m 0700 -- "$repository" || exit 1
                fi
                [ -z "$keeper" ] || chown -h -- "$keeper:" "$repository" || exit 1
                ;;
        esac
        # Never over one that is there: restic refuses that itself.
        patient_restic init >/dev/null
        ;;
    mark)
        printf '%s\n' "$mark" | patient_restic backup --quiet --json --stdin --stdin-filename aegir-repository \
            --host aegir --tag "$mark" >/dev/null
        ;;
    undo)
        case $repository in
            /*)
                [ -d "$repository" ] || exit 0
                [ "$(find "$repository/snapshots" -type f 2>/dev/null | wc -l)" -le 1 ] ||
                    refuse "$repository has backups already: it stays"
                cd -- "$repository" && rm -rf --one-file-system -- config data index keys locks snapshots && cd / &&
                    rmdir -- "$repository"
                ;;
        esac
        ;;
esac
