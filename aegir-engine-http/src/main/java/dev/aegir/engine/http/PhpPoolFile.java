// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.PhpIni.entry;
import static dev.aegir.engine.http.PhpIni.fixed;
import static dev.aegir.engine.http.PhpIni.line;

import dev.aegir.model.HostPath;
import dev.aegir.model.Pool;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pool of a site as php-fpm reads it.
 *
 * @param content the file
 * @param generation what the pool answers to a ping, by which it is known that this content is in effect
 */
record PhpPoolFile(String content, String generation) {
    /** Where a pool answers to its server; no web server passes it on, as it is no script. */
    static final String PING = "/.aegir-ping";

    static PhpPoolFile of(Pool pool, PhpSettings settings) {
        String generation = NginxGeneration.hash(render(pool, settings, ""));
        return new PhpPoolFile(render(pool, settings, generation), generation);
    }

    /** The configuration of a php-fpm that has this pool only. */
    String alone() {
        return "[global]\nerror_log = syslog\ndaemonize = no\n" + content;
    }

    private static String render(Pool pool, PhpSettings settings, String generation) {
        PhpLimits limits = PhpLimits.of(pool.settings());
        StringBuilder out = new StringBuilder();
        out.append(PhpIni.comment("Aegir site " + pool.owner() + " (" + pool.title() + ")"));
        out.append(PhpIni.comment("Written by Aegir, which finds changes made here."));
        if (!limits.egress()) {
            out.append(PhpIni.comment("It has no network."));
        }
        out.append("[aegir-").append(pool.owner()).append("]\n");
        out.append(line("user", pool.account()));
        out.append(line("group", pool.account()));
        out.append(line("listen", settings.socket(pool.owner()).value()));
        out.append(line("listen.owner", settings.webAccount()));
        out.append(line("listen.group", settings.webAccount()));
        out.append(fixed("listen.mode", "0660"));
        out.append(fixed("pm", "ondemand"));
        out.append(fixed("pm.max_children", String.valueOf(limits.processes())));
        out.append(fixed("pm.process_idle_timeout", limits.idle() + "s"));
        out.append(fixed("pm.max_requests", String.valueOf(limits.requests())));
        out.append(fixed("request_terminate_timeout", limits.seconds() + "s"));
        out.append(fixed("rlimit_core", "0"));
        out.append(line("ping.path", PING));
        out.append(line("ping.response", generation));
        out.append(fixed("security.limit_extensions", ".php"));
        out.append(fixed("clear_env", "yes"));
        environment(pool).forEach((name, value) -> out.append(entry("env", name, value)));
        values(pool.home(), limits).forEach((name, value) -> out.append(entry("php_admin_value", name, value)));
        return out.toString();
    }

    static Map<String, String> environment(Pool pool) {
        Map<String, String> all = new TreeMap<>();
        all.put("HOME", pool.home().value());
        all.put("USER", pool.account());
        all.put("TMPDIR", pool.home().child("tmp").value());
        all.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        all.putAll(pool.environment());
        return all;
    }

    /** What no code of the site can change. There is no open_basedir: accounts are the boundary, and it is none. */
    private static Map<String, String> values(HostPath home, PhpLimits limits) {
        Map<String, String> values = new TreeMap<>();
        values.put("memory_limit", limits.memory() + "M");
        values.put("max_execution_time", String.valueOf(limits.seconds()));
        values.put("max_input_time", String.valueOf(limits.seconds()));
        values.put("max_input_vars", String.valueOf(limits.inputVariables()));
        values.put("post_max_size", limits.upload() + "M");
        values.put("upload_max_filesize", limits.upload() + "M");
        values.put("date.timezone", limits.timezone());
        values.put("display_errors", bit(limits.displayErrors()));
        values.put("display_startup_errors", bit(limits.displayErrors()));
        values.put("log_errors", "1");
        values.put("error_log", home.resolve("logs/php.log").value());
        values.put("upload_tmp_dir", home.child("tmp").value());
        values.put("sys_temp_dir", home.child("tmp").value());
        values.put("session.save_path", home.child("sessions").value());
        values.put("session.use_strict_mode", "1");
        values.put("session.cookie_httponly", "1");
        // Debian sweeps its own directory only.
        values.put("session.gc_probability", "1");
        values.put("session.gc_divisor", "1000");
        values.put("expose_php", "0");
        values.put("mail.add_x_header", "0");
        values.put("allow_url_include", "0");
        values.put("enable_dl", "0");
        values.put("cgi.fix_pathinfo", "0");
        // One memory holds the programs of all sites: whoever may not read a file does not get it from there either.
        values.put("opcache.enable", bit(limits.opcache()));
        values.put("opcache.validate_permission", "1");
        values.put("opcache.validate_root", "1");
        // Settings that were changed are so for the next request: what they named may be gone, such as an account.
        values.put("opcache.revalidate_freq", "0");
        // These tell of, or undo, what belongs to all; and APCu would give one site's data to the next.
        values.put("disable_functions", "opcache_get_status,opcache_get_configuration,opcache_reset");
        values.put("apc.enabled", "0");
        return values;
    }

    private static String bit(boolean on) {
        return on ? "1" : "0";
    }
}
