import Messages
import Testing

@testable import Writer

/// Telephone numbers and addresses on `directory.changes.v1`, which are told as the terms of a run say.
///
/// What could go wrong: nobody changed when the terms do, so that no run tells of anybody; and whoever may not log on keeps
/// them in the feed.
@Suite(.timeLimit(.minutes(1)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ContactTests {
    @Test("a run with other terms has everybody told anew, with them or without")
    func terms() async throws {
        try await Story.with { story in
            let ann = person("ann", mobile: "13800000000")
            for tells in [false, true, true, false] {
                var run = story.next()
                run.terms = story.source.terms
                run.terms?.tellsContactDetails = tells ? true : nil
                let next = run
                try await story.play { log in
                    try log.append(
                        next,
                        departments: [department(1)],
                        users: [ann],
                        manifest: manifest([1], ["ann"])
                    )
                }
                try await story.world.republish()
            }
            let told = try await story.world.changes(of: story.source).flatMap(\.users)
            #expect(told.map(\.externalID) == ["ann", "ann", "ann"])
            #expect(told.map(\.phoneNumber) == [nil, "13800000000", nil])
        }
    }
}
