import Messages
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct SeenUsersTests {
    @Test("however often and in whatever order people come, each counts once")
    func anyOrder() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let keys = (0..<Int.random(in: 0...60, using: &generator)).map {
                DirectoryKey("user\($0)", isCaseSensitive: false).digest
            }
            var seen = SeenUsers()
            seen.add((keys + keys.prefix(20)).shuffled(using: &generator))
            #expect(seen.count == keys.count)
            #expect(seen.digest == keys.reduce(.zero) { $0 &+ $1 })
            #expect(keys.allSatisfy(seen.contains))
        }
    }
}
