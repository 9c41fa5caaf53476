package io.cofferdam.gateway;

import io.cofferdam.traffic.RouteTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin: each choice gives every target its share, and takes the sum of all from the one that has
 * most, which is chosen. Over any stretch each target is within one choice or so of its share. Not thread-safe.
 */
final class Balancer {

    private List<Target> targets = List.of();

    /**
     * Goes over to other targets; one that stays keeps what it is owed, so that small shares get their turn however
     * often this is called. Returns those that went.
     */
    List<Target> become(List<RouteTarget> wanted, Function<String, UnderWay> underWay) {
        List<Target> next = new ArrayList<>();
        List<Target> left = new ArrayList<>(targets);
        for (RouteTarget target : wanted) {
            Target known =
                    targets.stream().filter(old -> old.isAt(target)).findFirst().orElse(null);
            if (known == null) {
                known = new Target(target, underWay.apply(target.id()));
            }
            known.share = target.share();
            left.remove(known);
            next.add(known);
        }
        double sum = next.stream().mapToDouble(target -> target.share).sum();
        next.forEach(target -> target.current = Math.max(-sum, Math.min(sum, target.current)));
        targets = next;
        left.forEach(Target::leaveRoute);
        return left;
    }

    /** The next one, none of those tried already; null if there is none. One that refuses connections only if all do. */
    @Nullable
    Target next(Set<Target> tried, long now) {
        Target chosen = next(tried, now, false);
        return chosen != null ? chosen : next(tried, now, true);
    }

    @Nullable
    private Target next(Set<Target> tried, long now, boolean passedOver) {
        double sum = 0;
        Target chosen = null;
        for (Target target : targets) {
            if (target.share > 0 && !tried.contains(target) && target.isPassedOver(now) == passedOver) {
                sum += target.share;
                target.current += target.share;
                if (chosen == null || target.current > chosen.current) {
                    chosen = target;
                }
            }
        }
        if (chosen != null) {
            chosen.current -= sum;
        }
        return chosen;
    }
}
