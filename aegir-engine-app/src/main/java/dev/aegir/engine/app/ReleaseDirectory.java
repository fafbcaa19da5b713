// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of a release on a host: {@code <code>/<codebase id>} with the mark {@code RELEASE} and the code in
 * {@code tree}. Everything is done by fixed programs on the host, which get what varies as data.
 */
final class ReleaseDirectory {
    private static final Program LOOK = Program.of("look at a release", "common.sh", "look.sh");
    private static final Program BUILD = Program.of("build a release", "common.sh", "account.sh", "build.sh");
    private static final Program DISCARD = Program.of("discard a release", "common.sh", "discard.sh");
    private static final Program WITHDRAW = Program.of("withdraw a release", "common.sh", "withdraw.sh");

    private final Host host;
    private final Release release;
    private final Place place;

    ReleaseDirectory(Host host, Release release, Place place) {
        this.host = host;
        this.release = release;
        this.place = place;
    }

    /** The directory that is the release's own, which the code must lie in. */
    static HostPath home(Release release) {
        HostPath home = release.path().parent();
        if (!home.name().equals(release.owner().value())
                || !release.path().name().equals("tree")) {
            throw new InvalidValueException(
                    "release path",
                    release.path().value(),
                    "a release lies in the directory \"tree\" of one that is named by the codebase's id; ask the engine");
        }
        return home;
    }

    /**
     * Looks, in one round trip.
     *
     * @return the mark of the release; absent when there is nothing
     * @throws RefusedException when there is something else
     */
    Optional<Mark> look() throws InterruptedException {
        CommandResult result = host.run(command(LOOK, Map.of())).orThrow();
        String[] said = result.stdout().split("\n", 2);
        if (said[0].equals("absent")) {
            return Optional.empty();
        }
        Mark mark = Mark.read(said.length > 1 ? said[1] : "");
        if (said[0].equals("foreign") || !mark.bears(release)) {
            throw foreign(home(release).value());
        }
        if (!said[0].equals("release")) {
            throw new RefusedException(host.server() + ": the release " + home(release) + " of codebase "
                    + release.codebase() + " has lost its files. Delete that directory and do this again.");
        }
        return Optional.of(mark);
    }

    /** Builds the release and puts it into its place; the same build when it is asked again with the same key. */
    Brought build(String key, Fetch fetch, Optional<String> revision, Input input) throws InterruptedException {
        Command command = command(BUILD, fetch.variables())
                .environment("key", key)
                .environment("cache", place.cache().value())
                .environment("account", place.account())
                .environment("root", place.root().value())
                .environment("locals", place.locals() ? "yes" : "no")
                .environment("maxfiles", Integer.toString(place.maxFiles()))
                .environment("maxbytes", Long.toString(place.maxMebibytes() * 1024L * 1024L))
                .environment("revision", revision.orElse(""))
                .environment("mark", Mark.begin(release, fetch))
                .environment("fetch", fetch.program().text())
                .timeout(Duration.ofMinutes(place.timeoutMinutes()));
        CommandResult result = host.runOnce(key, command, input);
        if (result.exit() == 65) {
            throw new UnsafeCodeException(
                    host.server().value(), release.codebase().value(), problems(result.stdout()));
        } else if (result.exit() == 66) {
            throw new SourceException(
                    host.server().value(), fetch.url().text(), result.stderr().strip());
        }
        return Brought.read(checked(result).stdout());
    }

    /** Removes what a build with this key has made, be it half a release; ends the build when it still runs. */
    boolean discard(String key) throws InterruptedException {
        host.stop(key);
        return checked(host.run(command(DISCARD, Map.of("key", key)))).stdout().contains("removed");
    }

    /** Moves the release aside; where there is none, nothing. */
    void withdraw(String key) throws InterruptedException {
        aside("withdraw", key);
    }

    /** Moves the release back. */
    boolean restore(String key) throws InterruptedException {
        return aside("restore", key).contains("restored");
    }

    /** Deletes what was moved aside. */
    void sweep(String key) throws InterruptedException {
        aside("sweep", key);
    }

    /** Whether what was moved aside is there, all of it. */
    boolean isAside(String key) throws InterruptedException {
        return aside("look", key).contains("aside");
    }

    private String aside(String action, String key) throws InterruptedException {
        return checked(host.run(command(WITHDRAW, Map.of("key", key, "action", action))))
                .stdout();
    }

    private Command command(Program program, Map<String, String> variables) {
        Command command = program.command()
                .environment("home", home(release).value())
                .environment("codebase", release.owner().value())
                .environment("run", place.run().value())
                .timeout(Duration.ofMinutes(place.timeoutMinutes()));
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        return command;
    }

    private CommandResult checked(CommandResult result) {
        String said = result.stderr().strip();
        switch (result.exit()) {
            case 64 -> throw foreign(said);
            case 67 ->
                throw new RefusedException(
                        host.server() + ": the program " + said
                                + ", which bringing code needs, is not installed. Install it, or set install=true on the service.");
            case 68 -> throw new RefusedException(host.server() + ": " + said);
            case 69 ->
                throw new RefusedException(host.server() + ": there is no unprivileged account to fetch code as: "
                        + said + ". Name another with the setting account of the service.");
            case 70 ->
                throw new RefusedException(host.server() + ": a file system is mounted at " + said
                        + ", inside what would be deleted. Unmount it and do this again.");
            default -> result.orThrow();
        }
        return result;
    }

    private RefusedException foreign(String path) {
        return new RefusedException(
                host.server() + ": " + path + " is there and is not the release of codebase " + release.codebase()
                        + " (" + release.owner() + "). Nothing was changed. Move it away and do this again.");
    }

    private static List<UnsafeCodeException.Problem> problems(String said) {
        String[] words = said.substring(said.indexOf("unsafe\n") + 7).split("\0");
        List<UnsafeCodeException.Problem> problems = new ArrayList<>();
        for (int i = 0; i + 1 < words.length; i += 2) {
            problems.add(new UnsafeCodeException.Problem(words[i], words[i + 1]));
        }
        return problems;
    }
}
