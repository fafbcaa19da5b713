# SPDX-License-Identifier: Apache-2.0
# Says what is where a release belongs.
if marked "$home"; then
    if [ -d "$home/tree" ] && [ ! -L "$home/tree" ]; then echo release; else echo damaged; fi
    head -c 65536 -- "$home/RELEASE"
elif present "$home"; then
    echo foreign
else
    echo absent
fi
