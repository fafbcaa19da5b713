// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;

/**
 * One file or directory of a site, and how the one that was brought beside takes its place.
 *
 * @param home what the site has
 * @param id the id of what is brought
 * @param path the path below the home
 */
record OnePath(Tree home, Id id, String path) {
    static OnePath of(Site site, SiteParts parts, Id id, String path) {
        String first = path.split("/", 2)[0];
        Tree home = parts.files()
                .filter(tree -> tree.paths().contains(first))
                .orElseThrow(() ->
                        new RefusedException("The site " + site.name() + " writes no " + first + "; name a path below "
                                + parts.files().map(Tree::paths).orElse(List.of()) + "."));
        return new OnePath(home, id, path);
    }

    /** Of a tree the directory that the path is, or is in. */
    Tree within(Tree tree) {
        return new Tree(
                tree.owner(),
                tree.title(),
                tree.server(),
                tree.directory(),
                List.of(path.split("/", 2)[0]),
                tree.account());
    }

    /** Whether it is a whole directory that the site writes. */
    private boolean whole() {
        return home.paths().contains(path);
    }

    /** There is a way to where it goes. */
    List<Step> hasWay() {
        return whole() ? List.of() : List.of(new CheckPath(home, id, path, false));
    }

    /** It was brought. */
    List<Step> isBrought() {
        return whole() ? List.of() : List.of(new CheckPath(home, id, path, true));
    }

    Step switched() {
        return whole() ? new SwitchDirectories(within(home), id) : new SwitchPath(home, id, path);
    }
}
