// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What git means by what it says of a repository elsewhere. It says that in English, as it is told to. */
final class GitSaid {
    private static final List<Meaning> MEANINGS = List.of(
            new Meaning(
                    "Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known",
                    Problem.REFUSED,
                    "it is not the host whose key is pinned, and was told nothing",
                    "Ask whoever runs it; only if the key was changed on purpose, set host-key to the new one."),
            new Meaning(
                    "No space left on device|Out of diskspace|[Qq]uota exceeded",
                    Problem.FULL,
                    "there is no room",
                    "Make room there, then try again."),
            new Meaning(
                    "\\(fetch first\\)|\\(non-fast-forward\\)|\\(stale info\\)|incorrect old value|cannot lock ref"
                            + "|failed to update ref",
                    Problem.CHANGED,
                    "somebody else has written the same branch meanwhile",
                    "Nothing of theirs was touched. Find out who stores files of the same site, then try again."),
            new Meaning(
                    "\\[remote rejected\\]",
                    Problem.REFUSED,
                    "the repository does not take it",
                    "Let the credential write and delete branches called aegir/..., and let none of them be its default"
                            + " branch, then try again."),
            new Meaning(
                    "Permission denied|Authentication failed|could not read (Username|Password)|invalid credentials"
                            + "|returned error: 40[13]|Too many authentication failures",
                    Problem.REFUSED,
                    "it does not let us in",
                    "See that the secret of the setting credential is allowed to read and write the repository."),
            new Meaning(
                    "does not appear to be a git repository|[Nn]ot a git repository|repository '[^']*' not found"
                            + "|[Rr]epository not found|returned error: 404|not valid: is this a git repository"
                            + "|dumb http transport",
                    Problem.REFUSED,
                    "there is no repository of git that it may see",
                    "Make an empty one there, and see that the setting url names it."),
            new Meaning(
                    "SSL certificate|certificate verif|unable to update url base from redirection|error: 30[0-9]",
                    Problem.REFUSED,
                    "it does not prove that it is the one that is meant",
                    "See its certificate, and that the setting url names it as it calls itself."));

    private final String said;

    GitSaid(String said) {
        this.said = said;
    }

    private record Meaning(Pattern said, Problem problem, String what, String then) {
        Meaning(String said, Problem problem, String what, String then) {
            this(Pattern.compile(said), problem, what, then);
        }
    }

    /** Whether the branch is not there. */
    boolean noBranch() {
        return said.contains("fatal: couldn't find remote ref");
    }

    /** Whether the other side gives only what its branches are now. */
    boolean onlyBranches() {
        return said.contains("unadvertised object") || unknown();
    }

    /** Whether the other side has no such object, or does not say so. */
    boolean unknown() {
        return said.contains("not our ref");
    }

    /** Whether the other side gives all where a list would do. */
    boolean unfiltered() {
        return said.contains("filtering not recognized");
    }

    FileStoreException failure(GitPlace place) {
        String text = said.strip();
        String shown = text.isEmpty() ? "git said nothing" : text.substring(0, Math.min(1000, text.length()));
        Optional<Meaning> meaning = MEANINGS.stream()
                .filter(each -> each.said().matcher(said).find())
                .findFirst();
        return new FileStoreException(
                meaning.map(Meaning::problem).orElse(Problem.UNREACHABLE),
                "The store " + place + " cannot be used: "
                        + meaning.map(Meaning::what).orElse("it cannot be reached, or does not answer as it should")
                        + " (" + shown + "). "
                        + meaning.map(Meaning::then)
                                .orElse("See whether " + place.service().server() + " can reach it, then try again."));
    }
}
