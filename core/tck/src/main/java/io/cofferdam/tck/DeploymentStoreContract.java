package io.cofferdam.tck;

import static io.cofferdam.tck.StoreSamples.record;
import static io.cofferdam.tck.StoreSamples.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.api.Experimental;
import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.deployment.Signal;
import io.cofferdam.deployment.StaleLeaseException;
import io.cofferdam.deployment.StaleRecordException;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a {@link DeploymentStore} has to do. Whoever writes one extends this class in their tests and says how theirs is opened:
 *
 * <pre>{@code
 * class MyStoreTest extends DeploymentStoreContract {
 *     protected DeploymentStore open() {
 *         return MyStore.at(address);
 *     }
 * }
 * }</pre>
 *
 * Every test has a project of its own, so all of them may use one database, and what is left from earlier runs does no harm. The
 * second handle stands for another process: override {@link #another} if your store can be opened twice.
 */
@Experimental
@Timeout(120)
public abstract class DeploymentStoreContract {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The project of the running test. */
    protected final String project = "p-" + UUID.randomUUID().toString().substring(0, 13);

    private DeploymentStore store;
    private DeploymentStore other;

    /** For subclasses. */
    protected DeploymentStoreContract() {}

    /**
     * Opens the store.
     *
     * @return a store; the test closes it
     */
    protected abstract DeploymentStore open();

    /**
     * Opens the same store once more, as another process would.
     *
     * @param first what {@link #open} gave
     * @return another handle, or the same one for a store that has but one; the test closes it
     */
    protected DeploymentStore another(DeploymentStore first) {
        return first;
    }

    /**
     * The store of the running test.
     *
     * @return what {@link #open} gave
     */
    protected final DeploymentStore store() {
        return store;
    }

    @BeforeEach
    void openStores() {
        store = open();
        other = another(store);
    }

    @AfterEach
    void closeStores() {
        other.close();
        store.close();
    }

    @Test
    @DisplayName("a deployment that is submitted gets a number, a revision, an event and a line of the audit")
    void submit() {
        // given
        DeploymentRecord wanted =
                record(project, "a").asks("ada", "acme").brings("r-a").build();

        // when
        Change.Written written = store.submit(wanted, release(project, "r-a"));

        // then
        DeploymentRecord kept = wanted.stored(1, 1);
        assertThat(written.record()).isEqualTo(kept);
        assertThat(other.find(kept.id())).contains(kept);
        assertThat(other.release("r-a" + project)).contains(release(project, "r-a"));
        assertThat(other.events(project, 0, 10))
                .isEqualTo(written.events())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.type()).isEqualTo(DeploymentEventType.SUBMITTED);
                    assertThat(event.sequence()).isEqualTo(1);
                    assertThat(event.deployment()).isEqualTo(kept.id());
                });
        assertThat(other.audit(project, Long.MAX_VALUE, 10))
                .containsExactly(new AuditEntry(1, project, kept.id(), "deploy", "ada", "acme", kept.createdAt()));
        assertThat(other.unfinished(project)).containsExactly(kept);
        assertThat(other.projects()).contains(project).isSorted();
        assertThat(other.ownerless()).contains(project).isSorted();
    }

    @Test
    @DisplayName("every part of a record is read back, the empty ones too")
    void everyPart() {
        DeploymentRecord full = record(project, "full").everything().build();
        DeploymentRecord bare = record(project, "bare").build();
        store.submit(record(project, "first").brings("r-full").build(), release(project, "r-full"));

        assertThat(written(store.submit(full, null))).isEqualTo(full.stored(2, 1));
        assertThat(written(store.submit(bare, null))).isEqualTo(bare.stored(3, 1));

        assertThat(other.find(full.id())).contains(full.stored(2, 1));
        assertThat(other.find(bare.id())).contains(bare.stored(3, 1));
        assertThat(other.find("no such deployment")).isEmpty();
        assertThat(other.release("no such release")).isEmpty();
    }

    @Test
    @DisplayName("an id is taken once; the second time nothing changes")
    void idTaken() {
        store.submit(record(project, "a").build(), null);

        assertThatThrownBy(() -> other.submit(record(project, "a").brings("r-b").build(), release(project, "r-b")))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining("a" + project);

        assertThat(other.release("r-b" + project)).isEmpty();
        assertThat(numbers()).containsExactly(1L);
        assertThat(store.events(project, 0, 10)).hasSize(1);
        assertThat(written(store.submit(record(project, "b").build(), null)).number())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("a release that is neither kept nor given is missed; one that is kept is not written again")
    void releases() {
        assertThatThrownBy(() -> store.submit(record(project, "a").brings("r-a").build(), null))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("r-a" + project);
        assertThat(store.find("a" + project)).isEmpty();
        assertThatThrownBy(() -> store.submit(record(project, "a").build(), release("else", "r-a")))
                .isInstanceOf(IllegalArgumentException.class);

        // when
        store.submit(record(project, "a").brings("r-a").build(), release(project, "r-a"));
        store.submit(
                record(project, "b").brings("r-a").build(),
                StoreSamples.release(project, "r-a", "another content under the same id"));
        store.submit(record(project, "c").brings("r-a").build(), null);

        // then
        assertThat(other.release("r-a" + project)).contains(release(project, "r-a"));
        assertThat(numbers()).containsExactly(3L, 2L, 1L);
    }

    @Test
    @DisplayName("many who submit at once get numbers, events and lines of the audit without gaps")
    void submitAtOnce() throws Exception {
        // when
        atOnce(8, index -> {
            for (int i = 0; i < 5; i++) {
                (index % 2 == 0 ? store : other)
                        .submit(record(project, "d" + index + "-" + i).build(), null);
            }
            return true;
        });

        // then
        assertThat(numbers()).containsExactlyElementsOf(down(40));
        assertThat(store.events(project, 0, 100))
                .extracting(DeploymentEvent::sequence)
                .containsExactlyElementsOf(up(40));
        assertThat(store.audit(project, Long.MAX_VALUE, 100))
                .extracting(AuditEntry::number)
                .containsExactlyElementsOf(down(40));
    }

    @Test
    @DisplayName("of many who want a project one gets it, and not a second time while its lease lasts")
    void oneHolder() throws Exception {
        // when
        List<Optional<Lease>> leases =
                atOnce(8, index -> (index % 2 == 0 ? store : other).acquire(project, "owner-" + index, LONG));

        // then
        List<Lease> won = leases.stream().flatMap(Optional::stream).toList();
        assertThat(won).hasSize(1);
        Lease lease = won.get(0);
        assertThat(store.holder(project)).contains(lease);
        assertThat(other.holder(project)).contains(lease);
        assertThat(store.acquire(project, lease.owner(), LONG)).isEmpty();
        assertThat(store.projects()).doesNotContain(project);
    }

    @Test
    @DisplayName("a lease that was given back is taken at once, with a higher token; the former holder is refused")
    void giveBack() {
        // given
        Lease first = acquire(store, "first", LONG);
        store.submit(record(project, "a").build(), null);

        // when
        store.release(first);

        // then
        assertThat(store.holder(project)).isEmpty();
        assertThat(store.renew(first, LONG)).isEmpty();
        assertThatThrownBy(() -> store.commit(first, Change.NONE))
                .isInstanceOf(StaleLeaseException.class)
                .hasMessageContaining("given back");
        Lease second = acquire(other, "second", LONG);
        assertThat(second.token()).isGreaterThan(first.token());
        assertThatThrownBy(() -> store.commit(first, Change.NONE))
                .isInstanceOf(StaleLeaseException.class)
                .hasMessageContaining("second");
        store.release(first);
        assertThat(store.holder(project)).contains(second);
    }

    @Test
    @DisplayName("a stale token is refused although its time is not over")
    void staleToken() {
        // given: a lease that claims to last, and one that came after it
        Lease first = acquire(store, "first", LONG);
        store.release(first);
        acquire(other, "second", LONG);
        DeploymentRecord record = written(store.submit(record(project, "a").build(), null));

        // when, then
        assertThatThrownBy(() -> store.commit(first, Change.NONE.record(record).events(List.of(event("late")))))
                .isInstanceOf(StaleLeaseException.class);
        assertThat(store.find(record.id())).contains(record);
        assertThat(store.events(project, 0, 10)).hasSize(1);
    }

    @Test
    @DisplayName("a project whose holder was not heard of is taken over; the former holder neither renews nor writes")
    void takeOver() {
        // given
        Lease first = acquire(store, "first", SHORT);
        store.submit(record(project, "a").build(), null);

        // when
        awaitEnd();
        Lease second = acquire(other, "second", LONG);

        // then
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(store.renew(first, LONG)).isEmpty();
        assertThatThrownBy(() -> store.commit(first, Change.NONE)).isInstanceOf(StaleLeaseException.class);
        assertThat(other.commit(second, Change.NONE).events()).isEmpty();
    }

    @Test
    @DisplayName("a lease that ended and was not taken still counts, and is renewed")
    void lateRenewal() {
        // given
        Lease first = acquire(store, "first", SHORT);
        awaitEnd();

        // when
        store.commit(first, Change.NONE.project(new ProjectState(project, null, "{}")));
        Optional<Lease> renewed = store.renew(first, LONG);

        // then
        assertThat(renewed).hasValueSatisfying(lease -> {
            assertThat(lease.token()).isEqualTo(first.token());
            assertThat(lease.until()).isAfter(first.until());
        });
        assertThat(other.holder(project)).isEqualTo(renewed);
        assertThat(other.acquire(project, "second", LONG)).isEmpty();
    }

    @Test
    @DisplayName("a lease that nobody ever gave is refused")
    void unknownLease() {
        Lease made = new Lease(project, "nobody", 7, Instant.now().plus(LONG));

        assertThatThrownBy(() -> store.commit(made, Change.NONE)).isInstanceOf(StaleLeaseException.class);
        assertThat(store.renew(made, LONG)).isEmpty();
        store.release(made);
        assertThatThrownBy(() -> store.acquire(project, "nobody", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("a change is written as a whole: record, journal, events, state, release and signals")
    void commit() {
        // given
        Lease lease = acquire(store, "owner", LONG);
        DeploymentRecord record = written(store.submit(record(project, "a").build(), null));
        Signal signal = store.signal(signal(record.id(), Signal.Kind.PAUSE), "");
        DeploymentRecord changed = StoreSamples.of(record)
                .at(DeploymentStatus.COMPLETED, 100, "done")
                .brings("r-a")
                .build();

        // when
        Change.Written written = store.commit(
                lease,
                Change.NONE
                        .record(changed)
                        .journal(List.of(
                                line(record.id(), "start web", JournalEntry.Phase.INTENT),
                                line(record.id(), "start web", JournalEntry.Phase.DONE)))
                        .events(List.of(event("one"), event("two")))
                        .project(new ProjectState(project, record.id(), "{\"colour\":\"green\"}"))
                        .release(release(project, "r-a"))
                        .handled(List.of(signal.number())));

        // then
        assertThat(written.record()).isEqualTo(changed.stored(1, 2));
        assertThat(other.find(record.id())).contains(changed.stored(1, 2));
        assertThat(written.events())
                .containsExactly(event("one").numbered(2), event("two").numbered(3));
        assertThat(other.events(project, 1, 10)).isEqualTo(written.events());
        assertThat(other.journal(record.id()))
                .containsExactly(
                        line(record.id(), "start web", JournalEntry.Phase.INTENT)
                                .numbered(1),
                        line(record.id(), "start web", JournalEntry.Phase.DONE).numbered(2));
        assertThat(other.project(project)).contains(new ProjectState(project, record.id(), "{\"colour\":\"green\"}"));
        assertThat(other.release("r-a" + project)).isPresent();
        assertThat(other.signals(project)).isEmpty();
        assertThat(other.unfinished(project)).isEmpty();

        // when more is written
        store.commit(
                lease,
                Change.NONE
                        .journal(List.of(line(record.id(), "stop web", JournalEntry.Phase.FAILED)))
                        .project(new ProjectState(project, null, "{}")));

        // then
        assertThat(other.journal(record.id()))
                .extracting(JournalEntry::sequence)
                .containsExactly(1L, 2L, 3L);
        assertThat(other.project(project)).contains(new ProjectState(project, null, "{}"));
        assertThat(other.project("no such project")).isEmpty();
    }

    @Test
    @DisplayName("a change with a record that was written meanwhile changes nothing at all")
    void staleRecord() {
        // given
        Lease lease = acquire(store, "owner", LONG);
        DeploymentRecord read = written(store.submit(record(project, "a").build(), null));
        Signal signal = store.signal(signal(read.id(), Signal.Kind.CANCEL), "");
        DeploymentRecord newer =
                written(store.commit(lease, Change.NONE.record(read.at(DeploymentStatus.IN_PROGRESS, 10, "begun"))));

        // when
        assertThatThrownBy(() -> store.commit(
                        lease,
                        Change.NONE
                                .record(read.at(DeploymentStatus.FAILED, 20, "late"))
                                .journal(List.of(line(read.id(), "x", JournalEntry.Phase.INTENT)))
                                .events(List.of(event("late")))
                                .project(new ProjectState(project, read.id(), "{}"))
                                .release(release(project, "r-late"))
                                .handled(List.of(signal.number()))))
                .isInstanceOf(StaleRecordException.class)
                .hasMessageContaining("revision 1")
                .hasMessageContaining("revision 2");

        // then
        assertThat(other.find(read.id())).contains(newer);
        assertThat(other.journal(read.id())).isEmpty();
        assertThat(other.events(project, 0, 10)).hasSize(1);
        assertThat(other.project(project)).isEmpty();
        assertThat(other.release("r-late" + project)).isEmpty();
        assertThat(other.signals(project)).containsExactly(signal);
        assertThat(store.commit(lease, Change.NONE.events(List.of(event("next"))))
                        .events())
                .extracting(DeploymentEvent::sequence)
                .containsExactly(2L);
    }

    @Test
    @DisplayName("a change that speaks of what is not there, or of another project, changes nothing at all")
    void foreign() {
        // given
        Lease lease = acquire(store, "owner", LONG);
        Lease elsewhere = store.acquire(project + "-2", "owner", LONG).orElseThrow();
        DeploymentRecord record = written(store.submit(record(project, "a").build(), null));

        // when, then
        assertThatThrownBy(() -> store.commit(
                        lease,
                        Change.NONE
                                .events(List.of(event("x")))
                                .record(record(project, "b").build())))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> store.commit(
                        lease,
                        Change.NONE
                                .record(record.at(DeploymentStatus.FAILED, 0, "x"))
                                .journal(List.of(line("b" + project, "x", JournalEntry.Phase.INTENT)))))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> store.commit(
                        lease,
                        Change.NONE
                                .events(List.of(event("x")))
                                .record(StoreSamples.of(record).brings("r-none").build())))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> store.commit(elsewhere, Change.NONE.record(record)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.commit(elsewhere, Change.NONE.events(List.of(event("x")))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.commit(
                        elsewhere, Change.NONE.journal(List.of(line(record.id(), "x", JournalEntry.Phase.INTENT)))))
                .isInstanceOf(NotFoundException.class);
        assertThat(store.find(record.id())).contains(record);
        assertThat(store.events(project, 0, 10)).hasSize(1);
        assertThat(store.journal(record.id())).isEmpty();
    }

    @Test
    @DisplayName("events have no gaps while others submit and the holder writes")
    void eventsAtOnce() throws Exception {
        // given
        Lease lease = acquire(store, "owner", LONG);

        // when
        atOnce(4, index -> {
            for (int i = 0; i < 10; i++) {
                if (index == 0) {
                    store.commit(lease, Change.NONE.events(List.of(event("a"), event("b"))));
                } else {
                    other.submit(record(project, "d" + index + "-" + i).build(), null);
                }
            }
            return true;
        });

        // then
        assertThat(store.events(project, 0, 100))
                .extracting(DeploymentEvent::sequence)
                .containsExactlyElementsOf(up(50));
    }

    @Test
    @DisplayName("what is submitted and signalled while another holds the project is found by the holder")
    void submitWhileHeld() {
        acquire(store, "owner", LONG);

        DeploymentRecord record = written(other.submit(record(project, "a").build(), null));
        Signal signal = other.signal(signal(record.id(), Signal.Kind.PROMOTE), "acme");

        assertThat(store.unfinished(project)).containsExactly(record);
        assertThat(store.signals(project)).containsExactly(signal);
        assertThat(store.ownerless()).doesNotContain(project);
    }

    @Test
    @DisplayName("signals are kept in their order until they are dealt with; those of nothing are refused")
    void signals() {
        // given
        Lease lease = acquire(store, "owner", LONG);
        DeploymentRecord record = written(store.submit(record(project, "a").build(), null));
        String second = project + "-2";
        store.submit(record(second, "a").build(), null);

        // when
        Signal pause = store.signal(signal(record.id(), Signal.Kind.PAUSE), "acme");
        Signal resume = other.signal(signal(record.id(), Signal.Kind.RESUME), "");
        Signal foreign =
                other.signal(new Signal(0, second, "a" + second, Signal.Kind.CANCEL, "", StoreSamples.TIME), "");

        // then
        assertThat(resume.number()).isGreaterThan(pause.number());
        assertThat(other.signals(project)).containsExactly(pause, resume);
        assertThat(other.audit(project, Long.MAX_VALUE, 2))
                .extracting(AuditEntry::number, AuditEntry::action, AuditEntry::user, AuditEntry::tenant)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(3L, "resume", "ada", ""),
                        org.assertj.core.groups.Tuple.tuple(2L, "pause", "ada", "acme"));
        assertThatThrownBy(() -> store.signal(signal("none", Signal.Kind.PAUSE), ""))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> store.signal(
                        new Signal(0, project, "a" + second, Signal.Kind.PAUSE, "", StoreSamples.TIME), ""))
                .isInstanceOf(NotFoundException.class);

        // when
        store.commit(lease, Change.NONE.handled(List.of(pause.number(), foreign.number(), 0L)));

        // then
        assertThat(other.signals(project)).containsExactly(resume);
        assertThat(other.signals(second)).containsExactly(foreign);
    }

    @Test
    @DisplayName("a project is ownerless while there is something to do and nobody holds it")
    void ownerless() {
        // given
        assertThat(store.ownerless()).doesNotContain(project);
        DeploymentRecord record = written(store.submit(record(project, "a").build(), null));
        Lease lease = acquire(store, "owner", LONG);

        // when it ended, and a signal came late
        store.commit(lease, Change.NONE.record(record.at(DeploymentStatus.COMPLETED, 100, "done")));
        store.release(lease);
        assertThat(other.ownerless()).doesNotContain(project);
        store.signal(signal(record.id(), Signal.Kind.CANCEL), "");

        // then
        assertThat(other.ownerless()).contains(project);
    }

    @Test
    @DisplayName("a project whose holder is not heard of any more becomes ownerless")
    void ownerlessAfterTheEnd() {
        store.submit(record(project, "a").build(), null);
        acquire(store, "owner", SHORT);

        awaitEnd();

        assertThat(other.ownerless()).contains(project);
    }

    @Test
    @DisplayName("histories, events and audits are read in pages")
    void pages() {
        // given
        Lease lease = acquire(store, "owner", LONG);
        for (int i = 1; i <= 7; i++) {
            store.submit(record(project, "d" + i).build(), null);
        }
        DeploymentEvent own = StoreSamples.event(project, "d2" + project, "own");
        store.commit(lease, Change.NONE.events(List.of(own, own)));

        // then
        assertThat(other.history(project, Long.MAX_VALUE, 3))
                .extracting(DeploymentRecord::number)
                .containsExactly(7L, 6L, 5L);
        assertThat(other.history(project, 5, 3))
                .extracting(DeploymentRecord::number)
                .containsExactly(4L, 3L, 2L);
        assertThat(other.history(project, 2, 3))
                .extracting(DeploymentRecord::number)
                .containsExactly(1L);
        assertThat(other.history(project, 1, 3)).isEmpty();
        assertThat(other.events(project, 2, 2))
                .extracting(DeploymentEvent::sequence)
                .containsExactly(3L, 4L);
        assertThat(other.eventsOf("d2" + project, 0, 2))
                .extracting(DeploymentEvent::sequence)
                .containsExactly(2L, 8L);
        assertThat(other.eventsOf("d2" + project, 8, 2))
                .extracting(DeploymentEvent::sequence)
                .containsExactly(9L);
        assertThat(other.audit(project, 3, 9)).extracting(AuditEntry::number).containsExactly(2L, 1L);
        assertThat(other.history("none", Long.MAX_VALUE, 3)).isEmpty();
        assertThat(other.unfinished(project))
                .extracting(DeploymentRecord::number)
                .containsExactlyElementsOf(up(7));
        assertThatThrownBy(() -> store.history(project, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.events(project, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.audit(project, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("the audit takes lines about other things")
    void audit() {
        AuditEntry entry = new AuditEntry(0, project, "", "restart web", "ada", "", StoreSamples.TIME);

        store.audit(entry);

        assertThat(other.audit(project, Long.MAX_VALUE, 9)).containsExactly(entry.numbered(1));
    }

    @Test
    @DisplayName(
            "old deployments are forgotten, but for the stable one, what is gone back to, what is open, and used releases")
    void prune() {
        // given: 1 stable, 2 to 5 ended, 6 ended lately, 7 open and going back to 3; 2 and 6 share a release
        Lease lease = acquire(store, "owner", LONG);
        List<String> releases = List.of("r1", "r2", "r3", "r4", "r5", "r2", "r7");
        for (int i = 1; i <= 7; i++) {
            String release = releases.get(i - 1);
            DeploymentRecord record = written(
                    store.submit(record(project, "d" + i).brings(release).build(), release(project, release)));
            store.signal(signal(record.id(), Signal.Kind.RESUME), "");
            StoreSamples.Sample next = StoreSamples.of(record);
            next = i == 7
                    ? next.after("d3" + project)
                    : next.at(DeploymentStatus.COMPLETED, 100, "done")
                            .endedAt(StoreSamples.TIME.plusSeconds(i == 6 ? 3600 : i));
            store.commit(
                    lease,
                    Change.NONE.record(next.build()).journal(List.of(line(record.id(), "x", JournalEntry.Phase.DONE))));
        }
        store.commit(lease, Change.NONE.project(new ProjectState(project, "d1" + project, "{}")));

        // when, then: nothing is old enough
        assertThat(store.prune(project, 0, StoreSamples.TIME)).isZero();
        assertThat(store.prune(project, 6, StoreSamples.TIME.plusSeconds(60))).isZero();
        assertThat(store.prune("none", 0, StoreSamples.TIME)).isZero();

        // when: 6 is kept by count
        assertThat(store.prune(project, 1, StoreSamples.TIME.plusSeconds(60))).isEqualTo(3);

        // then
        assertThat(numbers()).containsExactly(7L, 6L, 3L, 1L);
        assertThat(other.find("d2" + project)).isEmpty();
        assertThat(other.journal("d2" + project)).isEmpty();
        assertThat(other.journal("d3" + project)).hasSize(1);
        assertThat(other.eventsOf("d4" + project, 0, 9)).isEmpty();
        assertThat(other.signals(project)).extracting(Signal::deployment).doesNotContain("d5" + project);
        assertThat(List.of("r1", "r2", "r3", "r4", "r5", "r7").stream()
                        .filter(id -> other.release(id + project).isPresent()))
                .containsExactly("r1", "r2", "r3", "r7");
        assertThat(other.audit(project, Long.MAX_VALUE, 99)).hasSize(14);
        assertThat(written(store.submit(record(project, "d8").build(), null)).number())
                .isEqualTo(8);
    }

    @Test
    @DisplayName("text of any length and any characters that can be written is kept")
    void text() {
        Lease lease = acquire(store, "owner", LONG);
        String odd = "\u00fc \ud83d\ude00 ' \" \\ \n ; -- %s ? ${x}";
        String large = "x".repeat(200_000);
        DeploymentRecord record = written(store.submit(
                StoreSamples.record(project, "a")
                        .at(DeploymentStatus.PENDING, 0, odd)
                        .state(large)
                        .brings("r-large")
                        .build(),
                StoreSamples.release(project, "r-large", large.repeat(20))));
        DeploymentEvent event =
                new DeploymentEvent(project, 0, record.id(), "custom", "web", odd, Map.of(odd, odd), StoreSamples.TIME);
        store.commit(lease, Change.NONE.events(List.of(event)));

        assertThat(other.find(record.id())).contains(record);
        assertThat(other.release("r-large" + project))
                .hasValueSatisfying(release -> assertThat(release.content()).isEqualTo(large.repeat(20)));
        assertThat(other.events(project, 1, 9)).containsExactly(event.numbered(2));
    }

    @Test
    @DisplayName("characters that no database takes do not keep a message from being written")
    void unwritableText() {
        Lease lease = acquire(store, "owner", LONG);

        store.commit(lease, Change.NONE.events(List.of(event("a\0b\ud800c"))));

        assertThat(other.events(project, 0, 9))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).matches("(?s)a.b.c"));
    }

    @Test
    @DisplayName("a store that is closed says so, and may be closed again; other handles go on")
    void close() {
        DeploymentStore third = another(store);
        boolean isHandle = third != store;
        if (isHandle) {
            third.close();
        } else {
            store.close();
            other = open();
        }
        DeploymentStore closed = isHandle ? third : store;

        closed.close();
        assertThatThrownBy(() -> closed.find("a")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> closed.submit(record(project, "a").build(), null))
                .isInstanceOf(ClosedException.class);
        assertThat(written(other.submit(record(project, "a").build(), null)).number())
                .isEqualTo(1);
    }

    /** Runs a task several times at once, beginning together. */
    static <T> List<T> atOnce(int times, Task<T> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        CyclicBarrier together = new CyclicBarrier(times);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                int index = i;
                Callable<T> one = () -> {
                    together.await();
                    return task.run(index);
                };
                futures.add(threads.submit(one));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** One of several tasks that run at once. */
    interface Task<T> {
        T run(int index) throws Exception;
    }

    private Lease acquire(DeploymentStore from, String owner, Duration length) {
        return from.acquire(project, owner, length).orElseThrow();
    }

    /** Waits for the end of the lease by the store's own clock, by asking it. */
    private void awaitEnd() {
        Instant latest = Instant.now().plus(PATIENCE);
        while (store.holder(project).isPresent()) {
            assertThat(Instant.now()).as("the lease ends").isBefore(latest);
            Thread.onSpinWait();
        }
    }

    private List<Long> numbers() {
        return other.history(project, Long.MAX_VALUE, 100).stream()
                .map(DeploymentRecord::number)
                .toList();
    }

    private DeploymentEvent event(String message) {
        return StoreSamples.event(project, "", message);
    }

    private Signal signal(String deployment, Signal.Kind kind) {
        return new Signal(0, project, deployment, kind, "ada", StoreSamples.TIME);
    }

    private static JournalEntry line(String deployment, String step, JournalEntry.Phase phase) {
        return new JournalEntry(deployment, 0, step, phase, "", 1, StoreSamples.TIME);
    }

    private static List<Long> up(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<Long> down(int first) {
        return IntStream.iterate(first, i -> i > 0, i -> i - 1)
                .mapToObj(Long::valueOf)
                .toList();
    }

    /** The record that was written with a change that has one. */
    private static DeploymentRecord written(Change.Written written) {
        return Objects.requireNonNull(written.record());
    }
}
