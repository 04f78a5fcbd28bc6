import HTTPTypes
import Messages
import Runtime
import Synchronization
import Testing

@testable import Writer

/// Snapshot and feed together are the directory (docs/consumers.md), whatever runs do meanwhile.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SCIMFeedTests {
    /// A person, as far as the feed tells of one.
    struct Person: Equatable {
        var externalID: String?
        var userName: String?
        var displayName: String?
        var email: String?
        var isActive: Bool
        /// Of those who are active: the feed names none for others.
        var departments: [String]

        init(_ resource: JSON) {
            externalID = resource["externalId"].text
            userName = resource["userName"].text
            displayName = resource["displayName"].text
            email = resource["emails"].elements.first?["value"].text
            isActive = resource["active"] == .boolean(true)
            let groups = resource["groups"].elements.compactMap { $0["value"].text?.split(separator: ".").last }
            departments = isActive ? groups.map(String.init).sorted() : []
        }

        init(_ change: DirectoryChanges.UserChange) {
            externalID = change.externalID
            userName = change.username?.isEmpty == false ? change.username : change.externalID
            displayName = change.displayName?.isEmpty == false ? change.displayName : nil
            email = change.email?.isEmpty == false ? change.email : nil
            isActive = change.isEnabled
            departments = isActive ? change.departments.map { "\($0)" }.sorted() : []
        }
    }

    /// Who goes by the procedure: remembers where the feed ends, reads the snapshot page by page, then follows the feed.
    struct Consumer {
        private(set) var people: [String: Person] = [:]
        private(set) var seen: [String] = []
        private let start: Int
        private var cursor: String? = ""

        init(at end: Int) { start = end }

        /// Reads the next page of the snapshot, if there is one.
        mutating func readPage(_ reader: SCIMReader) async throws {
            guard let cursor else { return }
            let page = try await reader.get("Users?count=3&cursor=\(cursor)")
            #expect(page.status == .ok)
            for resource in page.resources {
                guard let id = resource["id"].text else { continue }
                seen.append(id)
                people[id] = Person(resource)
            }
            self.cursor = page.next
        }

        mutating func finish(_ reader: SCIMReader, _ feed: [DirectoryChanges]) async throws {
            while cursor != nil { try await readPage(reader) }
            for change in feed.dropFirst(start).flatMap(\.users) {
                people[change.id.description] = change.kind == .deleted ? nil : Person(change)
            }
        }
    }

    @Test("whoever starts in the middle of runs ends equal to the directory, and whoever stayed was seen once")
    func follows() async throws {
        for seed in UInt64(1)...3 {
            try await Story.with(limits: SafetyLimits(people: .none, departments: .none)) { story in
                var corp = RandomCorp(seed: seed)
                try await Self.play(&story, &corp)
                var consumers: [Consumer] = []
                var stayed = Set(try await story.world.users(of: story.source).values.map(\.id.description))
                for round in 0..<6 {
                    if round < 3 {
                        consumers.append(Consumer(at: try await story.world.changes(of: story.source).count))
                    }
                    let box = Consumers(consumers)
                    try await SCIMReader.with(story.world, story.source) { reader async throws in
                        var now = box.all
                        for index in now.indices { try await now[index].readPage(reader) }
                        box.set(now)
                    }
                    consumers = box.all
                    try await Self.play(&story, &corp)
                    stayed.formIntersection(try await story.world.users(of: story.source).values.map(\.id.description))
                }
                let feed = try await story.world.changes(of: story.source)
                let (box, all) = (Consumers(consumers), stayed)
                try await SCIMReader.with(story.world, story.source) { reader async throws in
                    var (truth, now) = (Consumer(at: feed.count), box.all)
                    try await truth.finish(reader, feed)
                    for index in now.indices {
                        try await now[index].finish(reader, feed)
                        #expect(now[index].people == truth.people, "seed \(seed), consumer \(index)")
                        for person in all {
                            #expect(now[index].seen.count { $0 == person } == 1, "seed \(seed), consumer \(index)")
                        }
                        #expect(Set(now[index].seen).count == now[index].seen.count)
                    }
                    #expect(!truth.people.isEmpty)
                }
            }
        }
    }

    /// A day goes by, and a run reads what the corp is then.
    private static func play(_ story: inout Story, _ corp: inout RandomCorp) async throws {
        let before = try await story.world.users(of: story.source).filter { !$0.value.isRemoved }.keys
        corp.change()
        let (users, units) = (corp.users, corp.units)
        let there = Set(units.map(\.externalID))
        let closed = try await story.world.departments(of: story.source).filter { !there.contains($0) }
        let left = Set(before).subtracting(users.map(\.externalID)).sorted()
        let gone = left.map { DirectoryObject.user($0) } + closed.map { .department($0) }
        let run = story.next()
        try await story.play { try $0.append(run, departments: units, users: users, gone: gone) }
    }
}

/// Hands consumers into a closure that must not change what is around it, and out again.
private final class Consumers: Sendable {
    private let consumers: Mutex<[SCIMFeedTests.Consumer]>

    init(_ all: [SCIMFeedTests.Consumer]) { consumers = Mutex(all) }

    var all: [SCIMFeedTests.Consumer] { consumers.withLock { $0 } }

    func set(_ all: [SCIMFeedTests.Consumer]) { consumers.withLock { $0 = all } }
}
