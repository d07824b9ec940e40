package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Announce, then look; mail, then look: what each order is for. The steps of a loop that goes to sleep and of senders
 * are put one after the other in every order there is, on one thread, around the real gate. A schedule is a word: L
 * stands for the loop's next step, S and T for the next one of the two senders.
 */
class SleepGateOrderTest {
    /** The mailbox, the gate and the sticky wake between a loop and its senders, and what the loop saw in its look. */
    private static final class Post {
        private final SleepGate gate = new SleepGate();
        private int mails;
        private int wakes;
        private boolean sawNoMail;

        List<Runnable> loop() {
            return List.of(gate::announceSleep, this::look);
        }

        /** Broken: mail that comes between the two is seen by neither. */
        List<Runnable> loopThatLooksFirst() {
            return List.of(this::look, gate::announceSleep);
        }

        List<Runnable> sender() {
            boolean[] claimed = new boolean[1];
            return List.of(this::mail, () -> claim(claimed), () -> wake(claimed));
        }

        /** Broken: a loop that goes to sleep between the two is not seen. */
        List<Runnable> senderThatLooksFirst() {
            boolean[] claimed = new boolean[1];
            return List.of(() -> claim(claimed), () -> wake(claimed), this::mail);
        }

        private void look() {
            sawNoMail = mails == 0;
        }

        private void mail() {
            mails++;
        }

        private void claim(boolean[] claimed) {
            gate.wakeIfAsleep(() -> claimed[0] = true);
        }

        /** The system call comes some time after the claim; it is sticky, so it may come before the wait. */
        private void wake(boolean[] claimed) {
            if (claimed[0]) {
                wakes++;
            }
        }

        /** Everybody has done all he does, there is mail, and the loop waits for a wake that will not come. */
        boolean isLost() {
            return sawNoMail && mails > 0 && wakes == 0;
        }
    }

    /** Who takes part, besides the senders S and T. */
    private record Cast(Function<Post, List<Runnable>> loop, Function<Post, List<Runnable>> sender) {
        static final Cast REAL = new Cast(Post::loop, Post::sender);
        static final Cast LOOP_LOOKS_FIRST = new Cast(Post::loopThatLooksFirst, Post::sender);
        static final Cast SENDER_LOOKS_FIRST = new Cast(Post::loop, Post::senderThatLooksFirst);

        Post play(String schedule) {
            Post post = new Post();
            List<Runnable> ofLoop = new ArrayList<>(loop.apply(post));
            List<Runnable> ofSender = new ArrayList<>(sender.apply(post));
            List<Runnable> ofOther = new ArrayList<>(sender.apply(post));
            schedule.chars().forEach(turn ->
                    (turn == 'L' ? ofLoop : turn == 'S' ? ofSender : ofOther).removeFirst().run());
            return post;
        }

        List<String> losing(List<String> schedules) {
            return schedules.stream().filter(schedule -> play(schedule).isLost()).toList();
        }
    }

    private static final List<String> ONE_SENDER = schedules("LL", "SSS", "");
    private static final List<String> TWO_SENDERS = schedules("LL", "SSS", "TTT");

    /** Every order in which the steps left to the three can come. */
    private static List<String> schedules(String loop, String sender, String other) {
        if (loop.isEmpty() && sender.isEmpty() && other.isEmpty()) {
            return List.of("");
        }
        List<String> all = new ArrayList<>();
        if (!loop.isEmpty()) {
            schedules(loop.substring(1), sender, other).forEach(rest -> all.add("L" + rest));
        }
        if (!sender.isEmpty()) {
            schedules(loop, sender.substring(1), other).forEach(rest -> all.add("S" + rest));
        }
        if (!other.isEmpty()) {
            schedules(loop, sender, other.substring(1)).forEach(rest -> all.add("T" + rest));
        }
        return all;
    }

    // ---- the real order ----

    @Test
    void inTheRealOrderNoScheduleLosesAWakeUp() {
        assertThat(ONE_SENDER).hasSize(10);
        assertThat(TWO_SENDERS).hasSize(560).doesNotHaveDuplicates();

        assertThat(Cast.REAL.losing(ONE_SENDER)).isEmpty();
        assertThat(Cast.REAL.losing(TWO_SENDERS)).isEmpty();
    }

    @Test
    void noScheduleBringsOneSleepTwoWakes() {
        assertThat(TWO_SENDERS.stream().collect(Collectors.groupingBy(each -> Cast.REAL.play(each).wakes)))
                .containsOnlyKeys(0, 1);
    }

    // ---- the twins ----

    @Test
    void aLoopThatLooksBeforeItAnnouncesSleepsOnMailThatCameBetween() {
        String fatal = "LSSSL";

        assertThat(Cast.LOOP_LOOKS_FIRST.play(fatal).isLost()).isTrue();
        assertThat(Cast.REAL.play(fatal).isLost()).isFalse();
        assertThat(Cast.LOOP_LOOKS_FIRST.losing(ONE_SENDER)).containsExactlyInAnyOrder(fatal, "LSSLS");
    }

    @Test
    void aSenderThatLooksBeforeItMailsLeavesALoopThatSleptBetweenAsleep() {
        String fatal = "SSLLS";

        assertThat(Cast.SENDER_LOOKS_FIRST.play(fatal).isLost()).isTrue();
        assertThat(Cast.REAL.play(fatal).isLost()).isFalse();
        assertThat(Cast.SENDER_LOOKS_FIRST.losing(ONE_SENDER)).containsExactlyInAnyOrder(fatal, "SLLSS", "SLSLS");
    }

    @Test
    void anotherSenderThatMailsInTheRightOrderDoesNotSaveTheLoopThatLooksFirst() {
        assertThat(Cast.LOOP_LOOKS_FIRST.play("LSSSTTTL").isLost()).isTrue();
        assertThat(Cast.REAL.play("LSSSTTTL").isLost()).isFalse();
    }
}
