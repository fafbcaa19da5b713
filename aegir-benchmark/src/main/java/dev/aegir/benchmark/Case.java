// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

/** What there is to do when a server converges. */
enum Case {
    FIRST("first time"),
    UNCHANGED("nothing changed"),
    ONE_CHANGED("one site changed");

    private final String title;

    Case(String title) {
        this.title = title;
    }

    /** How many files of a fleet it writes. */
    int writes(Fleet fleet) {
        return switch (this) {
            case FIRST -> fleet.size();
            case UNCHANGED -> 0;
            case ONE_CHANGED -> 1;
        };
    }

    @Override
    public String toString() {
        return title;
    }
}
