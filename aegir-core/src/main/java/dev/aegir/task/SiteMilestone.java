// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Site;
import java.util.List;
import java.util.Optional;

/**
 * A moment that a site comes to in a plan, and the place for steps of one's own: a {@link dev.aegir.spi.PlanExtension} finds it with
 * {@link #in}, whatever the task is, and puts steps {@linkplain Plan#before before} or {@linkplain Plan#after after} it. Does nothing.
 *
 * @param moment which one
 * @param site the site as it is then: what it will be when it is opened, with its code, its services and its database
 */
public record SiteMilestone(Moment moment, Site site) implements Step {
    /** The moments there are. */
    public enum Moment {
        /**
         * Everything is where the site will be served: code, files, database. No visitor gets there yet. A step before it that
         * fails takes the whole task back; a safety backup stays.
         */
        READY("is ready to be opened"),
        /** The site is about to be backed up by a task that does only that, and is not frozen yet. */
        BACKUP_BEGINS("is about to be backed up"),
        /** That backup is taken, and what was frozen for it runs again. The backup stays when a step after it fails. */
        BACKUP_TAKEN("was backed up");

        private final String text;

        Moment(String text) {
            this.text = text;
        }
    }

    /** Makes it. */
    public SiteMilestone {}

    /**
     * Where a plan comes to a moment.
     *
     * @param plan the plan
     * @param moment the moment
     * @return the first such place; nothing when the plan never comes to it
     */
    public static Optional<SiteMilestone> in(Plan plan, Moment moment) {
        return plan.steps().stream()
                .filter(SiteMilestone.class::isInstance)
                .map(SiteMilestone.class::cast)
                .filter(milestone -> milestone.moment() == moment)
                .findFirst();
    }

    /**
     * What such a place is called in a plan.
     *
     * @param moment the moment
     * @param site the name of the site, as it is then
     * @return the name of the step
     */
    public static String name(Moment moment, DomainName site) {
        return site + " " + moment.text;
    }

    @Override
    public String name() {
        return name(moment, site.name());
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        context.log(name());
    }
}
