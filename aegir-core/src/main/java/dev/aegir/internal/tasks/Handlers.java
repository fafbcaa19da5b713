// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.StepCodec;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.BackupSite;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CloneSite;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.ForgetSecret;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.LoginLink;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.Milestone;
import dev.aegir.task.Plan;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.PruneBackupsOf;
import dev.aegir.task.RemoveServer;
import dev.aegir.task.RemoveStoredFiles;
import dev.aegir.task.RenameSite;
import dev.aegir.task.ResetPassword;
import dev.aegir.task.RestoreCodebase;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.RevertMigration;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCommand;
import dev.aegir.task.RunCron;
import dev.aegir.task.RunInSite;
import dev.aegir.task.RunSteps;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.Step;
import dev.aegir.task.StoreFiles;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.UnlockCodebase;
import dev.aegir.task.UpdateCodebase;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifyBackup;
import dev.aegir.task.VerifyCodebase;
import dev.aegir.task.VerifyServer;
import dev.aegir.task.VerifySite;
import dev.aegir.task.WaitUntil;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The task handlers and steps that every instance has. */
public final class Handlers {
    private Handlers() {}

    /** A handler that needs nothing but a function. */
    private record Simple<T extends Task>(String name, Class<T> type, BiFunction<T, Planner, Plan> planning)
            implements TaskHandler<T> {
        @Override
        public Plan plan(T task, Planner planner) {
            return planning.apply(task, planner);
        }
    }

    /**
     * All built-in handlers.
     *
     * @param codec how stored steps are read, known once everything is registered
     * @return the handlers
     */
    public static List<TaskHandler<?>> all(Supplier<StepCodec> codec) {
        return List.of(
                new Simple<>("server.enrol", EnrolServer.class, ServerPlans::enrol),
                new Simple<>("server.verify", VerifyServer.class, ServerPlans::verify),
                new Simple<>("server.prepare", PrepareServer.class, ServerPlans::prepare),
                new Simple<>("server.remove", RemoveServer.class, ServerPlans::remove),
                new Simple<>("codebase.create", CreateCodebase.class, CodebasePlans::create),
                new Simple<>("codebase.verify", VerifyCodebase.class, CodebasePlans::verify),
                new Simple<>("codebase.update", UpdateCodebase.class, CodebasePlans::update),
                new Simple<>("codebase.lock", LockCodebase.class, CodebasePlans::lock),
                new Simple<>("codebase.unlock", UnlockCodebase.class, CodebasePlans::unlock),
                new Simple<>("codebase.scan", ScanCodebase.class, CodebasePlans::scan),
                new Simple<>("codebase.delete", DeleteCodebase.class, CodebasePlans::delete),
                new Simple<>("site.install", InstallSite.class, SitePlans::install),
                new Simple<>("site.update", UpdateSite.class, SitePlans::update),
                new Simple<>("site.aliases", SetSiteAliases.class, SitePlans::aliases),
                new Simple<>("site.verify", VerifySite.class, SitePlans::verify),
                new Simple<>("site.enable", EnableSite.class, SitePlans::enable),
                new Simple<>("site.disable", DisableSite.class, SitePlans::disable),
                new Simple<>("site.maintenance", SetMaintenance.class, SitePlans::maintenance),
                new Simple<>("site.cron", RunCron.class, SitePlans::cron),
                new Simple<>("site.command", RunInSite.class, SitePlans::command),
                new Simple<>("site.caches", ClearCaches.class, SitePlans::clearCaches),
                new Simple<>("site.login-link", LoginLink.class, SitePlans::loginLink),
                new Simple<>("site.reset-password", ResetPassword.class, SitePlans::resetPassword),
                new Simple<>("site.update-database", UpdateDatabase.class, SitePlans::updateDatabase),
                new Simple<>("site.rotate-credentials", RotateCredentials.class, SitePlans::rotate),
                new Simple<>("site.change-runtime", ChangeRuntime.class, SitePlans::changeRuntime),
                new Simple<>("site.delete", DeleteSite.class, SitePlans::delete),
                new Simple<>("site.backup", BackupSite.class, BackupPlans::backup),
                new Simple<>("codebase.backup", BackupCodebase.class, CodebaseBackups::backup),
                new Simple<>("codebase.restore", RestoreCodebase.class, CodebaseBackups::restore),
                new Simple<>("site.restore", RestoreSite.class, RestorePlans::inPlace),
                new Simple<>("site.restore-copy", RestoreCopy.class, RestorePlans::copy),
                new Simple<>("backup.drill", DrillBackup.class, RestorePlans::drill),
                new Simple<>("site.prune-backups", PruneBackups.class, BackupPlans::prune),
                new Simple<>("backup.prune", PruneBackupsOf.class, BackupPlans::pruneOf),
                new Simple<>("backup.verify", VerifyBackup.class, BackupPlans::verify),
                new Simple<>("backup.delete", DeleteBackup.class, BackupPlans::delete),
                new Simple<>("backup.export", ExportBackup.class, ImportPlans::exported),
                new Simple<>("backup.export-several", ExportBackups.class, ImportPlans::exportedTogether),
                new Simple<>("site.import", ImportSite.class, ImportPlans::imported),
                new Simple<>("site.adopt", AdoptSite.class, AdoptPlans::adopted),
                new Simple<>("site.clone", CloneSite.class, SiteMoves::copy),
                new Simple<>("site.sync", SyncSite.class, Syncing::plan),
                new Simple<>("site.store-files", StoreFiles.class, FileStorePlans::store),
                new Simple<>("site.fetch-files", FetchFiles.class, FileStorePlans::fetch),
                new Simple<>("site.remove-stored-files", RemoveStoredFiles.class, FileStorePlans::remove),
                new Simple<>("site.rename", RenameSite.class, SiteMoves::rename),
                new Simple<>("site.migrate", MigrateSite.class, Migration::migrate),
                new Simple<>("site.upgrade", UpgradeSite.class, Migration::upgrade),
                new Simple<>("site.revert-migration", RevertMigration.class, Reverting::plan),
                new Simple<>("site.retire-migration", RetireMigration.class, Retirement::plan),
                new Simple<>("steps.run", RunSteps.class, (task, planner) -> {
                    task.locks().forEach(planner::lock);
                    return Plan.empty()
                            .then(task.steps().stream()
                                    .map(stored -> codec.get().decode(stored.type(), stored.json()))
                                    .toList());
                }));
    }

    /**
     * The steps that come with core.
     *
     * @return their classes
     */
    public static Set<Class<? extends Step>> steps() {
        return Set.of(
                ConfigChange.class,
                RunCommand.class,
                RunSiteCommand.class,
                MakeSecret.class,
                ForgetSecret.class,
                ForgetSiteSecrets.class,
                WaitUntil.class,
                Milestone.class,
                SiteMilestone.class,
                DiscoverServer.class,
                SaveServer.class,
                SaveFacts.class,
                RemoveServerRecord.class,
                SaveCodebase.class,
                RemoveCodebaseRecord.class,
                SaveMoved.class,
                SaveSite.class,
                RemoveSiteRecord.class,
                SaveBackup.class,
                SaveVerified.class,
                RemoveBackupRecord.class,
                RemoveStaging.class,
                MakeExportDirectory.class,
                IndexExport.class,
                RequireIndexed.class,
                MakeRestoreDirectory.class,
                SwitchDirectories.class,
                CheckPath.class,
                SwitchPath.class,
                RemoveFormerFiles.class,
                RequireApart.class,
                RequirePackages.class,
                RequireFound.class,
                RequireGrace.class,
                RequireRoom.class,
                FindFormer.class,
                PackRunning.class,
                TellReach.class,
                Freeze.class);
    }
}
