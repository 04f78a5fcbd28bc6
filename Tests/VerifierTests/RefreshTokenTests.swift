import Foundation
import Testing

@testable import Verifier

@Suite
struct RefreshTokenTests {
    private static let key = RefreshToken.makeKey()
    private static let session = UUID().uuidString.lowercased()
    private let first = RefreshToken(firstOf: session, key: key)

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
        for wrong in [".1.x", ".0.x.y", ".-1.x.y", ".n.x.y"].map({ Self.session + $0 }) + ["", first.text + ".z"] {
            #expect(RefreshToken(wrong) == nil)
        }
    }

    @Test("a token names its session as sessions are called, so that nothing else is looked up")
    func sessions() {
        #expect(RefreshToken("\(Self.session).1.x.y") != nil)
        for other in ["", "s", "\0", Self.session + "\0", Self.session.uppercased(), " " + Self.session] {
            #expect(RefreshToken("\(other).1.x.y") == nil)
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
            let forged = RefreshToken("\(Self.session).\(counter).AAAA.BBBB")
            #expect(forged.map { state(of: second, before: first).use(of: $0) } == .unknown)
        }
        let other = RefreshToken(firstOf: Self.session, key: RefreshToken.makeKey())
        #expect(state(of: second, before: first).use(of: other) == .unknown)
        let twin = RefreshToken(firstOf: Self.session, key: Self.key)
        #expect(state(of: first).use(of: twin) == .unknown)
        #expect(state(of: second, before: first).use(of: twin) == .late)
    }
}
