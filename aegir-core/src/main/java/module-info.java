// SPDX-License-Identifier: Apache-2.0
/** Hosts sites from inside a Java program: the model, the SPI, the planner, and the runner of tasks. */
module dev.aegir.core {
    requires transitive org.jspecify;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive jakarta.inject;
    requires org.slf4j;

    exports dev.aegir;
    exports dev.aegir.host;
    exports dev.aegir.model;
    exports dev.aegir.spi;
    exports dev.aegir.task;

    uses dev.aegir.spi.Application;
    uses dev.aegir.spi.Backend;
    uses dev.aegir.spi.Engine;
    uses dev.aegir.spi.ImportFormat;
    uses dev.aegir.spi.PlanExtension;
    uses dev.aegir.spi.StoreProvider;
    uses dev.aegir.spi.TaskHandler;

    provides dev.aegir.spi.Backend with
            dev.aegir.internal.host.LocalBackend;
    provides dev.aegir.spi.StoreProvider with
            dev.aegir.internal.InMemoryStoreProvider;

    opens dev.aegir.host to
            com.fasterxml.jackson.databind;
    opens dev.aegir.internal.tasks to
            com.fasterxml.jackson.databind;
    opens dev.aegir.model to
            com.fasterxml.jackson.databind;
    opens dev.aegir.spi to
            com.fasterxml.jackson.databind;
    opens dev.aegir.task to
            com.fasterxml.jackson.databind;
}
