import Foundation
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Messages
import Runtime
import Testing

@testable import Writer

/// People who are looked for among more than are looked at in the order of their keys.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UserSearchTests {
    /// The last ones stand behind all that are looked at in order first.
    private static let people = DirectoryUserSearch.trial + 60

    private static func id(_ number: Int) -> String { "p" + String(10_000 + number).dropFirst() }

    /// Whoever has a number that 3 divides is called Zoë, one at the end is called 王芳, and the last one is gone.
    private func with(_ body: @Sendable (ReadAPITests.Reader, _ users: String) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let users = (1...Self.people).map { number in
                let name = number == Self.people - 7 ? "王芳 100%" : number % 3 == 0 ? "ZOË" : nil
                return person(Self.id(number), name: name, departments: number > Self.people - 9 ? [1, 2] : [1])
            }
            let departments = [department(1, "All"), department(2, "Sales", parent: 1)]
            var log = RunLog()
            try log.append(RunLog.Run(source: source), departments: departments, users: users)
            let gone = DirectoryObject.user(Self.id(Self.people))
            try log.append(
                RunLog.Run(source: source, epoch: 2),
                departments: departments,
                users: users.dropLast(),
                gone: [gone]
            )
            try await world.assignedIntake().read(log)
            let router = directoryRouter(
                DirectoryReading(database: world.database, historyDays: 180),
                Republications(republishing: world.republishing) {},
                readers: try DirectoryReaders("\(ReadAPITests.own)@\(source.tenant)")
            )
            try await Application(router: router, logger: Broker.quiet).test(.router) { client in
                try await body(ReadAPITests.Reader(client: client), "/api/v1/idps/\(source.id)/users")
            }
        }
    }

    @Test("however many are meant and wherever they stand, pages show each of them once and in order")
    func pages() async throws {
        let all = (1...Self.people).map(Self.id)
        let last = Self.people - 7
        let queries: [(String, [String])] = [
            ("q=zo%C3%AB", all.enumerated().filter { $0.offset % 3 == 2 && $0.offset + 1 != last }.map(\.element)),
            ("q=P", all), ("q=%E7%8E%8B%E8%8A%B3", [Self.id(last)]), ("q=0%25", [Self.id(last)]),
            ("q=P\(Self.id(last).dropFirst())", [Self.id(last)]), ("q=nobody", []),
            ("state=removed", [Self.id(Self.people)]), ("q=p&state=removed", [Self.id(Self.people)]),
            ("q=p&department=2", Array(all.suffix(9))), ("department=2", Array(all.suffix(9))),
            ("q=nobody&department=1", []), ("externalID=P0007&q=p", ["p0007"]), ("externalID=p0007&q=x", []),
        ]
        try await with { reader, users async throws in
            for (query, expected) in queries {
                var (seen, cursor): ([String], String?) = ([], nil)
                repeat {
                    let next = cursor.map { "&cursor=\($0)" } ?? ""
                    let page = try await reader.read("\(users)?\(query)&limit=250\(next)")
                    #expect(page.externalIDs.count <= 250)
                    seen += page.externalIDs
                    cursor = page.nextCursor
                } while cursor != nil && seen.count <= Self.people
                #expect(seen == expected, "\(query)")
            }
        }
    }
}
