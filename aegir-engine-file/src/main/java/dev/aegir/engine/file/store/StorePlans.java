// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Set;

/**
 * What is planned for a store of objects, whatever keeps them.
 *
 * @param engine the engine's name
 * @param place the store
 */
record StorePlans(String engine, Place place) {
    static final Set<Class<? extends Step>> STEPS =
            Set.of(RequireStore.class, StoreTree.class, FetchTree.class, ForgetTree.class);

    List<Step> prepare() {
        return List.of(new RequireStore(engine + ": reach " + place, place));
    }

    List<Step> store(Tree asked) {
        Tree tree = checked(asked);
        return List.of(new StoreTree(engine + ": store " + of(tree) + " in " + place.service(), place, tree));
    }

    List<Step> fetch(Tree asked, Id owner) {
        Tree tree = checked(asked);
        return List.of(new FetchTree(
                engine + ": fetch files of " + owner + " from " + place.service() + " to " + of(tree),
                place,
                owner,
                tree));
    }

    List<Step> forget(Id owner) {
        return List.of(
                new ForgetTree(engine + ": remove files of " + owner + " from " + place.service(), place, owner));
    }

    static Tree checked(Tree tree) {
        boolean whole = tree.paths().isEmpty()
                || tree.paths().contains("")
                || tree.directory().value().equals("/");
        if (whole || Set.copyOf(tree.paths()).size() < tree.paths().size()) {
            throw new InvalidValueException(
                    "tree", tree.toString(), "name one or more directories in a directory, each once");
        }
        return tree;
    }

    static String of(Tree tree) {
        return tree.title() + " (" + tree.server() + ":" + tree.directory() + ")";
    }
}
