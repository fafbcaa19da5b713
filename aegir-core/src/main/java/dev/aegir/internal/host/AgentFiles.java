// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.internal.host.AgentChannel.Answer;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The files of a host, through the program that runs there. Thread-safe. */
final class AgentFiles implements HostFiles {
    /** S_IFREG of Linux. */
    private static final int REGULAR_FILE = 0x8000;

    private final String server;
    private final AgentPool pool;
    private final Optional<Fence> fence;

    AgentFiles(String server, AgentPool pool, Optional<Fence> fence) {
        this.server = server;
        this.pool = pool;
        this.fence = fence;
    }

    @Override
    public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
        Answer answer = pool.talkAgain(channel ->
                ask(channel, Wire.head("READ", "", Optional.empty(), limit + 1L), List.of(Wire.bytes(path.value()))));
        if (answer.status().equals("NONE")) {
            return Optional.empty();
        }
        byte[] content = checked(answer).sections().get(0);
        if (content.length > limit) {
            throw new HostRefusedException(server, path + " is longer than " + limit + " bytes");
        }
        return Optional.of(content);
    }

    @Override
    public List<String> list(HostPath directory) throws InterruptedException {
        Answer answer = pool.talkAgain(channel ->
                ask(channel, Wire.head("LIST", "", Optional.empty(), 0), List.of(Wire.bytes(directory.value()))));
        return Stream.of(checked(answer).text(0).split("\0"))
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
    }

    @Override
    public List<FileState> compare(List<FileChange> files) throws InterruptedException {
        return pool.talkAgain(channel -> compare(channel, files, true)).states();
    }

    /** What differs, and the checksum of each of those that are plain files. */
    private record Comparison(List<FileState> states, Map<String, String> present) {}

    private Comparison compare(AgentChannel channel, List<FileChange> files, boolean contents)
            throws InterruptedException {
        List<String> sums = new ArrayList<>(files.size());
        List<String> deleted = new ArrayList<>();
        List<String> modes = new ArrayList<>(files.size());
        Set<String> accounts = new LinkedHashSet<>();
        for (FileChange file : files) {
            if (file instanceof FileChange.Write write) {
                String account = account(channel, write);
                boolean root = account.equals("root:root");
                if (!root) {
                    accounts.add(account);
                }
                sums.add(sha256(write.content()) + "  " + write.path());
                modes.add(Integer.toHexString(REGULAR_FILE | Integer.parseInt(write.mode(), 8)) + " "
                        + (root ? "0:0" : account));
            } else {
                deleted.add(file.path().value());
            }
        }
        String head = Wire.head("COMPARE", "", Optional.empty(), contents ? 1 : 0);
        List<byte[]> sections =
                List.of(Wire.lines(sums), Wire.lines(modes), Wire.lines(List.copyOf(accounts)), Wire.lines(deleted));
        return comparison(files, checked(ask(channel, head, sections)));
    }

    private static String account(AgentChannel channel, FileChange.Write write) {
        return channel.privileged() ? write.account() : channel.account();
    }

    private static Comparison comparison(List<FileChange> files, Answer answer) {
        Map<String, String> present = new HashMap<>();
        Set<String> ours = new HashSet<>();
        Set<String> odd = new HashSet<>();
        Set<String> missing = new HashSet<>();
        Set<String> attributes = new HashSet<>();
        answer.text(0).lines().forEach(line -> {
            String rest = line.substring(2);
            switch (line.charAt(0)) {
                case 'H' -> present.put(rest.substring(66), rest.substring(0, 64));
                case 'W' -> ours.add(rest.substring(66));
                case 'M' -> missing.add(rest);
                case 'A' -> attributes.add(rest.substring(rest.indexOf(' ', rest.indexOf(' ') + 1) + 1));
                default -> odd.add(rest);
            }
        });
        Map<String, String> contents = contents(answer);
        List<FileState> states = new ArrayList<>();
        for (FileChange file : files) {
            String path = file.path().value();
            if (present.containsKey(path) || odd.contains(path)) {
                // What was never ours and shall go is not a change of ours by somebody else.
                boolean guarded =
                        file instanceof FileChange.Write || file.owner().isPresent();
                boolean drifted = guarded && !ours.contains(path);
                states.add(new FileState(file, Optional.of(contents.getOrDefault(path, "")), drifted, false));
            } else if (missing.contains(path)) {
                states.add(new FileState(file, Optional.empty(), false, false));
            } else if (file instanceof FileChange.Write write && attributes.contains(path)) {
                states.add(new FileState(file, Optional.of(write.content()), false, true));
            }
        }
        return new Comparison(states, present);
    }

    private static Map<String, String> contents(Answer answer) {
        Map<String, String> contents = new HashMap<>();
        byte[] all = answer.sections().get(2);
        int at = 0;
        for (String line : answer.text(1).lines().toList()) {
            int space = line.indexOf(' ');
            int end = Math.min(all.length, at + Integer.parseInt(line.substring(0, space)));
            contents.put(
                    line.substring(space + 1), new String(Arrays.copyOfRange(all, at, end), StandardCharsets.UTF_8));
            at = end;
        }
        return contents;
    }

    @Override
    public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
        checkKey(key);
        return pool.talkAgain(channel -> {
            Comparison found = compare(channel, transaction.files(), false);
            List<FileState> drifted =
                    found.states().stream().filter(FileState::drifted).toList();
            if (!drifted.isEmpty()) {
                // Only now are contents worth a round trip of their own: somebody will want to see the difference.
                List<FileChange> theirs =
                        drifted.stream().map(FileState::change).toList();
                drifted = compare(channel, theirs, true).states();
                if (transaction.drift() == DriftPolicy.FAIL) {
                    throw new DriftException(server, drifted);
                }
            }
            boolean keep = transaction.drift() == DriftPolicy.KEEP;
            List<FileState> wanted = found.states().stream()
                    .filter(state -> !keep || !state.drifted())
                    .toList();
            if (wanted.isEmpty()) {
                return new Applied(List.of(), drifted, "");
            }
            Answer answer = ask(
                    channel,
                    Wire.head("APPLY", key, fence, 0),
                    request(channel, key, transaction, wanted, found.present()));
            String output = rejected(answer).text(0);
            return new Applied(wanted.stream().map(FileState::path).toList(), drifted, output);
        });
    }

    private List<byte[]> request(
            AgentChannel channel,
            String key,
            FileTransaction transaction,
            List<FileState> wanted,
            Map<String, String> present) {
        String stage = ".aegir-" + key;
        Tar tar = new Tar(Instant.now().getEpochSecond());
        Set<String> lines = new LinkedHashSet<>();
        lines.add("s " + stage);
        boolean any = false;
        for (FileState state : wanted) {
            HostPath path = state.path();
            lines.add("p " + path);
            if (present.containsKey(path.value())) {
                lines.add("h " + present.get(path.value()) + "  " + path);
            } else if (state.attributesOnly() && state.change() instanceof FileChange.Write write) {
                lines.add("h " + sha256(write.content()) + "  " + path);
            } else if (state.present().isEmpty()) {
                lines.add("m " + path);
            }
            if (state.present().isPresent()) {
                state.change().owner().ifPresent(id -> lines.add("o " + id + " " + path));
            }
            if (state.change() instanceof FileChange.Write write) {
                any = true;
                lines.add("d " + path.parent());
                String account = account(channel, write);
                if (channel.privileged() && !account.equals("root:root")) {
                    lines.add("u " + account);
                }
                String name =
                        path.parent().child(stage).child(path.name()).value().substring(1);
                String[] names = account.split(":");
                tar.file(name, Wire.bytes(write.content()), write.mode(), names[0], names[1]);
                lines.add("w " + sha256(write.content()) + "  " + path);
            } else {
                lines.add("x " + path);
            }
        }
        List<String> all = new ArrayList<>(lines);
        transaction.contained().forEach(each -> {
            all.add("c " + each.path());
            all.add("c " + each.within());
        });
        add(all, "C", transaction.checks());
        add(all, "A", transaction.activations());
        add(all, "F", transaction.confirmations());
        return List.of(Wire.lines(all), any ? tar.finished() : new byte[0]);
    }

    private static void add(List<String> lines, String phase, List<Command> commands) {
        int number = 100;
        for (Command command : commands) {
            lines.add("k " + phase + "." + ++number);
            Wire.command(command).forEach(line -> lines.add("K " + line));
        }
    }

    @Override
    public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
        checkKey(key);
        Answer answer =
                pool.talk(AgentPool.Lane.SHORT, channel -> ask(channel, Wire.head("REVERT", key, fence, 0), List.of()));
        return !rejected(answer).status().equals("NONE");
    }

    private Answer ask(AgentChannel channel, String head, List<byte[]> sections) throws InterruptedException {
        return pool.ask(channel, head, sections, AgentPool.PATIENCE);
    }

    private Answer rejected(Answer answer) {
        if (answer.status().equals("REJECTED")) {
            String[] said = answer.text(0).split(" ");
            throw new ConfigRejectedException(server, Phase.valueOf(said[0]), said[1].equals("yes"), answer.text(1));
        }
        return checked(answer);
    }

    private Answer checked(Answer answer) {
        return switch (answer.status()) {
            case "OK", "NONE" -> answer;
            case "FENCED" ->
                throw new FencedException(server, fence.map(Fence::resource).orElse("?"));
            case "BUSY" -> throw new HostUnreachableException(server, answer.text(0));
            default -> throw new HostRefusedException(server, answer.text(0));
        };
    }

    static void checkKey(String key) {
        if (!key.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new InvalidValueException("key", key, "letters, digits and . _ - only");
        }
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
