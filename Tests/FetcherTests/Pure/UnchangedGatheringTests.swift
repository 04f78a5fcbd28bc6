import Messages
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct UnchangedGatheringTests {
    private static func page(_ department: Int64, users: Int) -> UnchangedPages.Page {
        UnchangedPages.Page(
            origin: PageOrigin(department: department, part: 0, digest: .zero),
            users: DigestList(Array(repeating: .zero, count: users))
        )
    }

    @Test("pages are put into messages of bounded size, none is lost and the order is kept")
    func bounds() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            var gathering = UnchangedGathering()
            var given: [Int64] = []
            for department in 0..<Int64.random(in: 0...60, using: &generator) {
                gathering.add([Self.page(department, users: Int.random(in: 0...9_000, using: &generator))])
                given.append(department)
            }
            #expect(gathering.messages.flatMap(\.self).map(\.origin.department) == given)
            for message in gathering.messages {
                #expect(message.reduce(0) { $0 + $1.users.digests.count } <= UnchangedGathering.userLimit)
                #expect(!message.isEmpty)
            }
        }
    }

    @Test("a page with more people than a message has as a rule goes alone")
    func large() throws {
        var gathering = UnchangedGathering()
        gathering.add([Self.page(1, users: 5), Self.page(2, users: 26_666), Self.page(3, users: 1)])
        #expect(gathering.messages.map { $0.map(\.origin.department) } == [[1], [2], [3]])
        let largest = try UnchangedPages(page: 1_000_000, pages: gathering.messages[1], mapping: .zero).encode()
        #expect(largest.count < 900_000)
    }

    @Test("it is full once there is a message's worth")
    func full() {
        var gathering = UnchangedGathering()
        #expect(!gathering.isFull)
        gathering.add([Self.page(1, users: 11_999)])
        #expect(!gathering.isFull)
        gathering.add([Self.page(1, users: 1)])
        #expect(gathering.isFull)
    }
}
