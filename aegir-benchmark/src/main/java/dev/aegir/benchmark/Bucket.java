// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bucket of S3Proxy, which runs beside this program and keeps it in a directory that is gone afterwards. */
final class Bucket implements AutoCloseable {
    static final String NAME = "sites";
    static final String ID = "the-id";
    static final String KEY = "the/secret+key";

    private static final Pattern STARTED = Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:([0-9]+)}.*");

    /** Where the build of the engine has put it. */
    private static final Path PROGRAM = Path.of("aegir-engine-file", "target", "s3", "s3proxy.jar");

    private final Process process;
    private final Path directory;
    private final String endpoint;

    private Bucket(Process process, Path directory, String endpoint) {
        this.process = process;
        this.directory = directory;
        this.endpoint = endpoint;
    }

    static Bucket open() throws IOException {
        Path directory = Files.createTempDirectory("aegir-bucket");
        Path settings = directory.resolve("s3proxy.properties");
        Files.createDirectories(directory.resolve("objects").resolve(NAME));
        Files.writeString(settings, """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.identity=none
                jclouds.credential=none
                jclouds.filesystem.basedir=%s
                """.formatted(ID, KEY, directory.resolve("objects")));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-jar",
                        PROGRAM.toString(),
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .start();
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
        Bucket bucket = new Bucket(process, directory, "http://127.0.0.1:" + port.orElse(""));
        if (port.isEmpty()) {
            bucket.close();
            throw new IOException(PROGRAM + " has not started");
        }
        return bucket;
    }

    String endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Temporary.delete(directory);
    }
}
