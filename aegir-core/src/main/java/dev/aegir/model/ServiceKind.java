// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * A kind of service and what its engines provide. Open: a plugin makes its own kinds with {@link #of}.
 *
 * @param <R> the resource that engines of this kind provide
 * @param name the name, such as {@code http}
 * @param type the resource's class
 */
public record ServiceKind<R extends Resource>(Name name, Class<R> type) {
    /** Web servers: they serve a {@link VirtualHost}. */
    public static final ServiceKind<VirtualHost> HTTP = of("http", VirtualHost.class);

    /** Where code comes from: engines bring a {@link Release} of a codebase to a server. */
    public static final ServiceKind<Release> CODE = of("code", Release.class);

    /** Database servers: they keep a {@link Database}. */
    public static final ServiceKind<Database> DB = of("db", Database.class);

    /** What runs the code of applications: engines keep a {@link Pool} of processes for a site. */
    public static final ServiceKind<Pool> RUNTIME = of("runtime", Pool.class);

    /** Where copies of sites and codebases are kept: engines keep a {@link Backup}. */
    public static final ServiceKind<Backup> BACKUP = of("backup", Backup.class);

    /** How files get from one server to another: engines copy a {@link Tree}. */
    public static final ServiceKind<Tree> FILE = of("file", Tree.class);

    /** Makes a kind. */
    public ServiceKind {}

    /**
     * Makes a kind.
     *
     * @param <R> the resource
     * @param name the name, such as {@code cache}
     * @param type the resource's class
     * @return the kind
     */
    public static <R extends Resource> ServiceKind<R> of(String name, Class<R> type) {
        return new ServiceKind<>(Name.of(name), type);
    }

    @Override
    public String toString() {
        return name.value();
    }
}
