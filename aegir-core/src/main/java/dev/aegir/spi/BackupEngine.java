// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps backups. Everything that is backed up is a tree of files: what a site writes, its dumped database, a release.
 * {@link #remove} deletes a backup after its mark was read back, and nothing that another backup still needs.
 */
public interface BackupEngine extends Engine<Backup> {
    @Override
    default ServiceKind<Backup> kind() {
        return ServiceKind.BACKUP;
    }

    /** A backup that is complete is there, whole: the same as verifying its structure. */
    @Override
    default List<Step> ensure(EngineRequest<Backup> request) {
        return verify(request, Backup.Level.STRUCTURE);
    }

    /**
     * What a new backup may add to, if this engine can keep only what has changed. The answer becomes the new backup's
     * {@link Backup#base}; from then on the earlier one is never deleted before the new one.
     *
     * @param request the new backup and where it goes
     * @param earlier the backups that its owner has, in any service and any state
     * @return one of them, complete and not known to be damaged; empty for a backup that needs no other
     */
    default Optional<Backup> base(EngineRequest<Backup> request, List<Backup> earlier) {
        return Optional.empty();
    }

    /**
     * Takes a backup. When the last of the steps is done the backup is complete and was read back, and its {@link Backup.Contents} are
     * {@linkplain dev.aegir.task.StepContext#remember remembered} as {@link Backup#contentsFact}. Taken back, what is stored is
     * deleted, unless the inventory has the backup.
     *
     * @param request the backup and where it goes
     * @param parts the trees by what they are, such as {@code files}
     * @return the steps, one after the other
     */
    List<Step> take(EngineRequest<Backup> request, Map<String, Tree> parts);

    /**
     * Proves that a complete backup is what it was. Stops the plan when it is not, saying what is wrong, and remembers
     * {@link Backup#damagedFact} then; when it could not look, or all that the service keeps is away, it remembers nothing.
     *
     * @param request the backup and where it is
     * @param level how far; at most {@link Backup.Level#FULL}
     * @return the steps, one after the other
     */
    List<Step> verify(EngineRequest<Backup> request, Backup.Level level);

    /**
     * Brings parts of a complete backup to where they are wanted. The directories must be missing or empty; nothing lands in
     * them before the part was proved to be what it was, nor anything that leads out of them. Taken back, they are empty or
     * missing again.
     *
     * @param request the backup and where it is
     * @param parts where each part goes, by what it is
     * @return the steps, one after the other
     * @throws dev.aegir.model.RefusedException when the backup has no such part
     */
    List<Step> restore(EngineRequest<Backup> request, Map<String, Tree> parts);

    /**
     * That what keeps the backups of a service is there, and has what the inventory knows to be in it: something may not be mounted,
     * or be another than it was. Asked for before backups are forgotten, and before the settings of a service that keeps some change.
     * Changes nothing.
     *
     * @param request the server and the service
     * @return the steps, which stop the plan when it is away; none unless overridden
     */
    default List<Step> require(ServiceRequest request) {
        return List.of();
    }

    /**
     * Gives back the room that removed backups took, of an engine that does not do so as it removes one because that is costly.
     * Asked for once after several were removed; it changes no backup that is left, and cannot be taken back.
     *
     * @param request the server and the service
     * @return the steps, one after the other; none unless overridden
     */
    default List<Step> reclaim(ServiceRequest request) {
        return List.of();
    }

    /**
     * Makes one file of a complete backup, on any server, proved to be what the backup is. Taken back, there is no such file.
     *
     * @param request the backup and where it is
     * @param server the server
     * @param file the file; there must be none
     * @return the steps, one after the other
     * @throws RefusedException when this engine cannot
     */
    default List<Step> export(EngineRequest<Backup> request, Name server, HostPath file) {
        throw new RefusedException("The backup engine " + name() + " makes no files of its backups.");
    }
}
