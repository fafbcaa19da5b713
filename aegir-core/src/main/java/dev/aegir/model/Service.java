// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * What a server offers: a kind of service, the engine that runs it, and its settings.
 *
 * @param name its name on its server; by habit the kind's, or something longer where a server has two of a kind
 * @param kind the kind's name, such as {@code http}
 * @param engine the engine's name, such as {@code nginx}
 * @param settings what the engine is told beyond its defaults
 */
public record Service(Name name, Name kind, Name engine, Settings settings) {
    /** Makes a service. */
    public Service {}

    /**
     * A service named like its kind, with the engine's defaults.
     *
     * @param kind the kind
     * @param engine the engine's name
     * @return the service
     */
    public static Service of(ServiceKind<?> kind, String engine) {
        return new Service(kind.name(), kind.name(), Name.of(engine), Settings.none());
    }

    /**
     * A web service.
     *
     * @param engine the engine's name, such as {@code nginx}
     * @return the service, named {@code http}
     */
    public static Service http(String engine) {
        return of(ServiceKind.HTTP, engine);
    }

    /**
     * This service under another name.
     *
     * @param newName the name
     * @return a copy
     */
    public Service named(String newName) {
        return new Service(Name.of(newName), kind, engine, settings);
    }

    /**
     * This service with one more setting.
     *
     * @param setting the setting's name
     * @param value its value
     * @return a copy
     */
    public Service with(String setting, String value) {
        return new Service(name, kind, engine, settings.with(setting, value));
    }
}
