import Testing

@testable import Verifier

@Suite
struct RefreshTokenTests {
    private static let key = RefreshToken.makeKey()
    private let first = RefreshToken(firstOf: "s", key: key)

    private func state(of current: RefreshToken, before: RefreshToken? = nil, isFresh: Bool = true) -> RefreshState {
        RefreshState(
            key: Self.key,
            counter: current.counter,
            digest: current.digest,
            previous: before?.digest,
            isFresh: isFresh
        )
    }

    @Test("a token reads as it was written")
    func text() throws {
        #expect(RefreshToken(first.text) == first)
        for wrong in ["", "s.1.x", "s.0.x.y", "s.-1.x.y", "s.n.x.y", first.text + ".z"] {
            #expect(RefreshToken(wrong) == nil)
        }
    }

    @Test("the next token is the same each time, and another one for another key")
    func next() {
        let next = first.next(Self.key)
        #expect(next == first.next(Self.key))
        #expect(next.counter == 2)
        #expect(next.isGenuine(Self.key))
        #expect(next.digest != first.next(RefreshToken.makeKey()).digest)
    }

    @Test("only the current token is current, and the one before repeats it for a while")
    func uses() {
        let second = first.next(Self.key)
        let third = second.next(Self.key)
        #expect(state(of: first).use(of: first) == .current)
        #expect(state(of: second, before: first).use(of: second) == .current)
        #expect(state(of: second, before: first).use(of: first) == .repeated)
        #expect(state(of: second, before: first, isFresh: false).use(of: first) == .late)
        #expect(state(of: third, before: second).use(of: first) == .late)
        #expect(state(of: second, before: first).use(of: third) == .unknown)
    }

    @Test("a token that was made up means nothing, whatever session and number it names")
    func forged() {
        let second = first.next(Self.key)
        for counter in 1...3 {
            let forged = RefreshToken("s.\(counter).AAAA.BBBB")
            #expect(forged.map { state(of: second, before: first).use(of: $0) } == .unknown)
        }
        let other = RefreshToken(firstOf: "s", key: RefreshToken.makeKey())
        #expect(state(of: second, before: first).use(of: other) == .unknown)
        let twin = RefreshToken(firstOf: "s", key: Self.key)
        #expect(state(of: first).use(of: twin) == .unknown)
        #expect(state(of: second, before: first).use(of: twin) == .late)
    }
}
