import Messages
import Synchronization
import Testing

@testable import Replay

/// Replays that wait for another run's end.
@Suite
struct ReplayTurnTests {
    @Test("what is told once its turn has come is told on the terms that hold then, under the number that it has then")
    func terms() async throws {
        let asked = try IdentityProviderConfiguration.sample()
        var changed = asked
        changed.revision = Revision(rawValue: 2)
        let run = ReplayRun.sample(
            Epoch(rawValue: 3),
            of: asked,
            in: ChangedMeanwhile(configuration: changed)
        )
        let atItsTurn = try await run.waitingForTurn()
        #expect(run.configuration.revision.rawValue == 1)
        #expect(atItsTurn.configuration.revision.rawValue == 2)
        #expect(atItsTurn.id == run.id)
        #expect(run.epoch.rawValue == 3)
        #expect(atItsTurn.epoch.rawValue == 5)
    }
}

/// A registry in which a run waits once, and has another number and is configured otherwise after that.
private final class ChangedMeanwhile: ReplayRegistry {
    private let changed: IdentityProviderConfiguration
    private let asked = Mutex(0)

    init(configuration: IdentityProviderConfiguration) { changed = configuration }

    func standing(of run: RunID) async throws -> ReplayStanding {
        let isFirst = asked.withLock { asked in
            asked += 1
            return asked == 1
        }
        let epoch = Epoch(rawValue: isFirst ? 3 : 5)
        return ReplayStanding(isWaiting: isFirst, isOver: false, pagesApplied: 0, epoch: epoch)
    }

    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        let hasWaited = asked.withLock { $0 > 1 }
        guard hasWaited, identityProvider == changed.id else { throw ReplayRefusal("It was asked too early.") }
        return changed
    }
}
