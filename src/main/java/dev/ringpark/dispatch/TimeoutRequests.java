package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Timer;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Requests that end at a moment; what holds them is used again. */
final class TimeoutRequests {
    private final CallbackLoop loop;
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();

    TimeoutRequests(CallbackLoop loop) {
        this.loop = loop;
        // Loads its class: who finds no descriptor waits a while, and a class path of folders opens a file for each.
        idle.add(new Slot());
    }

    void begin(Request<?> request, long nanos) {
        loop.requireUsable();
        request.requireNotPending();
        Slot known = idle.poll();
        Slot slot = known == null ? new Slot() : known;
        request.begin(slot, Kind.CLOSE, null);
        loop.begun(request);
        slot.start(request, nanos);
    }

    private final class Slot extends Timer implements Request.Holder {
        private @Nullable Request<?> current;

        void start(Request<?> request, long nanos) {
            current = request;
            if (nanos <= 0) {
                end(request, false);
            } else {
                deadlineNanos(Moment.after(nanos));
                loop.proactor().schedule(this);
            }
        }

        @Override
        public void fire() {
            end(Objects.requireNonNull(current), false);
        }

        @Override
        public void cancel(Request<?> request) {
            loop.proactor().unschedule(this);
            end(request, true);
        }

        private void end(Request<?> request, boolean canceled) {
            current = null;
            idle.add(this);
            loop.ended(request, 0, null, canceled ? new OperationCanceledException() : null);
        }
    }
}
