# SPDX-License-Identifier: Apache-2.0
#
# A site's account and directory are there. $1 the account, $2 the directory, $3 the site's id, $4 the web server's account, $5
# accounts that may write what the site may write, too, with commas between, then the directories the site may write.

account=$1
home=$2
id=$3
web=$4
deploy=$5
shift 5
comment="Aegir site $id"
sites=${home%/*}

case $verb in
    look) look_account && look_home "$@" ;;
    make)
        make_account
        make_home "$@"
        ;;
    undo)
        undo_home
        undo_account
        ;;
esac
