// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.testkit.FileStoreGround;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Repositories of git behind a web server that wants a token: what git itself brings for that, run by the JDK's own server. */
final class GitWeb implements AutoCloseable {
    static final String TOKEN = "t:o k\"e$n%41'";
    private static final int ENDS = 4;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Path home;
    private final AtomicLong given = new AtomicLong();

    /** With an empty repository. */
    GitWeb(Path home) throws Exception {
        // Otherwise each answer waits for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        this.home = Files.createDirectories(home);
        FileStoreGround.said(
                home,
                "git init --quiet --bare --initial-branch=main files.git;"
                        + " cd files.git; for each in http.receivepack=true core.compression=0 core.fsync=none"
                        + " receive.unpackLimit=1 gc.auto=0; do git config ${each%=*} ${each#*=}; done; cd ..; echo mine >files.git/description");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer).setAuthenticator(new BasicAuthenticator("git", StandardCharsets.UTF_8) {
            @Override
            public boolean checkCredentials(String user, String password) {
                return user.equals("keeper") && password.equals(TOKEN);
            }
        });
        server.start();
    }

    /** What git on this machine says of the repository. */
    String git(String words) throws Exception {
        return FileStoreGround.said(home, "git --git-dir=files.git " + words).strip();
    }

    /** It gives parts of what it has. */
    void givesParts() throws Exception {
        git("config uploadpack.allowFilter true");
        git("config uploadpack.allowAnySHA1InWant true");
    }

    /** How many bytes it has given since this was asked last. */
    long given() {
        return given.getAndSet(0);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/files.git";
    }

    Service service(Path work) {
        return Service.of(ServiceKind.FILE, "git")
                .named("offsite")
                .with("url", url())
                .with("insecure", "yes")
                .with("user", "keeper")
                .with("credential", "git/token")
                .with("directory", work.toString());
    }

    private void answer(HttpExchange exchange) throws IOException {
        ProcessBuilder backend =
                new ProcessBuilder("git", "http-backend").redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> said = new TreeMap<>(Map.of(
                "GIT_PROJECT_ROOT",
                home.toString(),
                "GIT_HTTP_EXPORT_ALL",
                "1",
                "GIT_CONFIG_GLOBAL",
                "/dev/null",
                "PATH_INFO",
                exchange.getRequestURI().getPath(),
                "QUERY_STRING",
                Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""),
                "REQUEST_METHOD",
                exchange.getRequestMethod(),
                "REMOTE_USER",
                "keeper",
                "REMOTE_ADDR",
                "127.0.0.1"));
        header(exchange, "Content-Type").ifPresent(value -> said.put("CONTENT_TYPE", value));
        header(exchange, "Content-Length").ifPresent(value -> said.put("CONTENT_LENGTH", value));
        header(exchange, "Content-Encoding").ifPresent(value -> said.put("HTTP_CONTENT_ENCODING", value));
        header(exchange, "Git-Protocol").ifPresent(value -> said.put("GIT_PROTOCOL", value));
        backend.environment().putAll(said);
        Process process = backend.start();
        threads.execute(() -> {
            try (OutputStream in = process.getOutputStream()) {
                exchange.getRequestBody().transferTo(in);
            } catch (IOException e) {
                // It has ended, and what it says counts.
                process.destroy();
            }
        });
        try (exchange;
                InputStream out = process.getInputStream()) {
            int status = headers(exchange, out);
            exchange.sendResponseHeaders(status, 0);
            given.addAndGet(out.transferTo(exchange.getResponseBody()));
        }
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    private static int headers(HttpExchange exchange, InputStream out) throws IOException {
        int status = 200;
        StringBuilder text = new StringBuilder();
        while (text.length() < ENDS || !text.substring(text.length() - ENDS).equals("\r\n\r\n")) {
            int next = out.read();
            if (next < 0) {
                throw new UncheckedIOException(new IOException("git http-backend ended within its headers: " + text));
            }
            text.append((char) next);
        }
        for (String line : text.toString().strip().split("\r\n")) {
            String[] parts = line.split(": ", 2);
            if (parts[0].equals("Status")) {
                status = Integer.parseInt(parts[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(parts[0], parts[1]);
            }
        }
        return status;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
