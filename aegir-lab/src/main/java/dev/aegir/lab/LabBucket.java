// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A bucket of S3Proxy, a server of S3 that others have written and that checks every signature. It runs beside this program, speaks HTTP
 * without TLS, and keeps objects as files, which are gone when it is closed.
 */
public final class LabBucket implements AutoCloseable {
    /** What the bucket is called. */
    public static final String NAME = "sites";

    /** The access key's id. */
    public static final String ID = "the-id";

    /** The access key. */
    public static final String KEY = "the/secret+key";

    private static final Pattern STARTED = Pattern.compile("Started ServerConnector.*\\{[0-9.]+:([0-9]+)}.*");

    /** Where the build has put it. */
    private static final Path PROGRAM = Path.of("aegir-lab", "target", "s3", "s3proxy.jar");

    private final Process process;
    private final Path directory;
    private final String endpoint;

    private LabBucket(Process process, Path directory, String endpoint) {
        this.process = process;
        this.directory = directory;
        this.endpoint = endpoint;
    }

    /**
     * Starts one, which has nothing.
     *
     * @param address the address of this machine where it listens: {@code 127.0.0.1}, or one where servers of the lab find it
     * @return it, when it answers
     * @throws LabException when it does not start
     */
    public static LabBucket open(String address) {
        Path program = Checkout.root().resolve(PROGRAM);
        if (!Files.exists(program)) {
            throw new LabException("There is no " + program + ": build with -Plab, which brings it.");
        }
        try {
            Path directory = Files.createTempDirectory("aegir-bucket");
            Process process = start(program, directory, address);
            LabBucket bucket = new LabBucket(
                    process,
                    directory,
                    "http://" + address + ":" + port(process).orElse(""));
            if (bucket.endpoint.endsWith(":")) {
                bucket.close();
                throw new LabException(program + " has not started at " + address + ".");
            }
            return bucket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process start(Path program, Path directory, String address) throws IOException {
        Path settings = directory.resolve("s3proxy.properties");
        Files.createDirectories(directory.resolve("objects").resolve(NAME));
        Files.writeString(settings, """
                s3proxy.endpoint=http://%s:0
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.identity=none
                jclouds.credential=none
                jclouds.filesystem.basedir=%s
                """.formatted(address, ID, KEY, directory.resolve("objects")));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-jar",
                        program.toString(),
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .start();
    }

    /** It has the port that the system gives it, and says which. */
    private static Optional<String> port(Process process) throws IOException {
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Optional<String> port = Optional.empty();
        for (String line = said.readLine(); line != null && port.isEmpty(); line = said.readLine()) {
            Matcher started = STARTED.matcher(line);
            port = started.find() ? Optional.of(started.group(1)) : Optional.empty();
        }
        // What it says later is read, or it would wait for somebody to do so.
        Thread rest = new Thread(() -> said.lines().forEach(line -> {}), "s3proxy");
        rest.setDaemon(true);
        rest.start();
        return port;
    }

    /**
     * Where it answers.
     *
     * @return such as {@code http://127.0.0.1:20080}, without the bucket's name
     */
    public String endpoint() {
        return endpoint;
    }

    /**
     * What it has.
     *
     * @return the names of all objects, each with its length in bytes
     */
    public SortedMap<String, Long> objects() {
        Path objects = directory.resolve("objects").resolve(NAME);
        SortedMap<String, Long> lengths = new TreeMap<>();
        try (Stream<Path> all = Files.walk(objects)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                lengths.put(objects.relativize(file).toString(), Files.size(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lengths;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            List<Path> all;
            try (Stream<Path> tree = Files.walk(directory)) {
                all = tree.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
