import Messages
import Sealing
import Testing

@testable import Verifier

/// The rules of RFC 8628 that need no verifier.
@Suite
struct DeviceRulesTests {
    @Test("a user code has eight consonants, and is read in any case and with anything between them (§6.1)")
    func codes() throws {
        for _ in 0..<200 {
            let code = UserCode.make()
            #expect(code.text.count == 9)
            #expect(code.text.allSatisfy { "BCDFGHJKLMNPQRSTVWXZ-".contains($0) })
            #expect(UserCode(code.text) == code)
            #expect(UserCode(" \(code.text.lowercased().replacing("-", with: "  . "))") == code)
        }
        #expect(UserCode("wdjbmjht")?.text == "WDJB-MJHT")
        #expect(UserCode("WDJB-MJHT")?.digest == UserCode("wdjb mjht")?.digest)
        for wrong in ["", "WDJB-MJH", "WDJB-MJHTT", "AEIO-UAEI", "1234-5678"] { #expect(UserCode(wrong) == nil) }
    }

    private static func device(
        session: String? = nil,
        isDenied: Bool = false,
        isInTime: Bool = true,
        isUsed: Bool = false,
        isUsedJustNow: Bool = false,
        isTooFast: Bool = false
    ) -> DeviceGrant {
        DeviceGrant(
            client: "television",
            session: session,
            isDenied: isDenied,
            isInTime: isInTime,
            isUsed: isUsed,
            isUsedJustNow: isUsedJustNow,
            isTooFast: isTooFast
        )
    }

    static let cases: [(DeviceGrant, DeviceGrant.Standing)] = [
        (device(), .pending),
        (device(isTooFast: true), .tooFast),
        (device(isInTime: false), .expired),
        (device(isInTime: false, isTooFast: true), .expired),
        (device(isDenied: true), .denied),
        (device(isDenied: true, isInTime: false), .denied),
        (device(session: "s"), .allowed(session: "s")),
        (device(session: "s", isTooFast: true), .allowed(session: "s")),
        (device(session: "s", isInTime: false), .expired),
        (device(session: "s", isUsed: true, isUsedJustNow: true), .repeated),
        (device(session: "s", isInTime: false, isUsed: true), .reused),
    ]

    @Test("what a device that asks is told (§3.5)", arguments: cases.indices)
    func standing(_ index: Int) {
        let (device, standing) = Self.cases[index]
        #expect(device.standing(for: Client(configuration: SampleClients.client("television"))) == standing)
        #expect(device.standing(for: Client(configuration: SampleClients.client("sase"))) == .foreign)
    }

    @Test("a question counts for the logon that it was asked of, and in time")
    func confirmation() throws {
        let (logon, other) = (Ticket.make(), Ticket.make())
        let asked = DeviceConfirmation(UserCode.make(), logon, end: 100)
        #expect(asked.counts(for: logon, at: 99))
        #expect(!asked.counts(for: logon, at: 100))
        #expect(!asked.counts(for: other, at: 99))
        let seal = TravellingSeal(keys: try SealingKeys(Bench.sealing))
        let text = try seal.seal(asked, for: DeviceConfirmation.purpose)
        #expect(seal.open(text, for: DeviceConfirmation.purpose, as: DeviceConfirmation.self) == asked)
        #expect(seal.open(text, for: "request", as: DeviceConfirmation.self) == nil)
    }

    @Test("browsers go to the page of devices, and clients to their endpoint")
    func paths() {
        #expect(BrowserPaths.contains("/device") && BrowserPaths.takesForms("/device"))
        #expect(!BrowserPaths.contains("/oauth2/device-authorization") && !BrowserPaths.contains("/devices"))
        #expect(BrowserPaths.contains("/logon/abc") && !BrowserPaths.takesForms("/logon"))
    }
}
