import Messages
import Testing

@testable import Verifier

/// Who is refused again and again waits for themselves, and nobody for them. The sequences that could go wrong:
///
/// - refusals are few, or forgiven in time: nothing waits;
/// - many requests come at once: each has a turn of its own, and those beyond what may wait are turned away;
/// - somebody is refused for hours: they are forgiven as soon as one who was for two minutes;
/// - more addresses than can be remembered: those that are refused most stay.
@Suite
struct AddressPaceTests {
    private let start = ContinuousClock.now
    private let pace = AddressPace()
    private let address = VisitorAddress.unknown

    private func refuse(_ count: Int, at now: ContinuousClock.Instant) {
        for _ in 0..<count { pace.refused(address, at: now) }
    }

    @Test("as many refusals as anybody may have keep nobody waiting")
    func tolerance() {
        refuse(Int(AddressPace.tolerance), at: start)
        for _ in 0..<100 { #expect(pace.turn(of: address, at: start) == .now) }
    }

    @Test("beyond, an address is answered once in an interval, in the order in which it asked, until it asks too much")
    func turns() {
        refuse(Int(AddressPace.tolerance) + 1, at: start)
        #expect(pace.turn(of: address, at: start) == .now)
        let places = Int(AddressPace.patience / AddressPace.interval)
        for place in 1...places {
            #expect(pace.turn(of: address, at: start) == .at(start + AddressPace.interval * place))
        }
        #expect(pace.turn(of: address, at: start) == .never)
    }

    @Test("one refusal is forgiven a second, and none counts for longer than two minutes")
    func forgiveness() {
        refuse(10_000, at: start)
        _ = pace.turn(of: address, at: start)
        #expect(pace.turn(of: address, at: start) != .now)
        let excess = AddressPace.mostRemembered - AddressPace.tolerance
        #expect(pace.turn(of: address, at: start + .seconds(excess - 1)) == .now)
        #expect(pace.turn(of: address, at: start + .seconds(excess - 1)) != .now)
        #expect(pace.turn(of: address, at: start + .seconds(excess)) == .now)
        #expect(pace.turn(of: address, at: start + .seconds(excess)) == .now)
    }

    @Test("others are answered at once")
    func others() {
        refuse(1_000, at: start)
        let other = TrustedProxies().visitor(forwarded: [], connectedFrom: "192.0.2.7")
        for _ in 0..<100 { #expect(pace.turn(of: other, at: start) == .now) }
    }

    @Test("of more addresses than are remembered, those that are refused most stay")
    func room() {
        refuse(Int(AddressPace.mostRemembered), at: start)
        for number in 0..<2 * AddressPace.mostAddresses {
            let text = "10.\(number >> 16).\(number >> 8 & 0xFF).\(number & 0xFF)"
            pace.refused(TrustedProxies().visitor(forwarded: [], connectedFrom: text), at: start)
        }
        _ = pace.turn(of: address, at: start)
        #expect(pace.turn(of: address, at: start) != .now)
    }
}
