package admitone.bench;

import admitone.bench.Measure.Group;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The order in which everything is measured. Where there are two databases they take turns, round by round: a machine is quicker in one
 * minute than in the next, and what is compared must have met the same.
 */
final class Turns {
    private final Plan plan;
    private final Progress progress;
    private final List<Stage> stages;

    Turns(Plan plan, Progress progress, List<Stage> stages) {
        this.plan = plan;
        this.progress = progress;
        this.stages = stages;
    }

    private interface Step {
        void take(Stage stage) throws SQLException;
    }

    /** Each stage has a database and its service does not run. */
    List<Stage.Findings> measure() throws SQLException {
        if (plan.has(Group.START)) {
            progress.say("starting the service " + plan.starts() + " times");
            for (int i = 0; i < plan.starts(); i++) {
                each(Stage::startOnce);
            }
        }
        each(Stage::start);
        if (plan.has(Group.START)) {
            progress.say("letting it rest for " + plan.rest().toSeconds() + " s");
            LockSupport.parkNanos(plan.rest().toNanos());
            each(Stage::lookAtRest);
        }
        each(Stage::warmUp);
        if (!plan.inRounds().isEmpty()) {
            eachRound(Stage::round);
        }
        each(Stage::tidy);
        if (plan.has(Group.LATENCY)) {
            eachRound(Stage::latency);
        }
        if (plan.has(Group.STATEMENT)) {
            each(Stage::statement);
        }
        List<Stage.Findings> findings = new ArrayList<>();
        each(stage -> findings.add(stage.findings()));
        return findings;
    }

    private interface RoundStep {
        void take(Stage stage, int round) throws SQLException;
    }

    private void eachRound(RoundStep step) throws SQLException {
        for (int i = 1; i <= plan.rounds(); i++) {
            int round = i;
            each(stage -> step.take(stage, round));
        }
    }

    private void each(Step step) throws SQLException {
        for (Stage stage : stages) {
            step.take(stage);
        }
    }
}
