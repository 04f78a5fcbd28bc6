import Messages
import Sealing
import Testing

@testable import Verifier

/// What browsers and native clients carry along comes back as it went.
@Suite
struct TravellingTests {
    private let seal: TravellingSeal

    init() throws {
        seal = TravellingSeal(keys: try SealingKeys("k1:" + String(repeating: "A", count: 43) + "="))
    }

    private static func texts() -> [String?] {
        [nil, "", "state", "Zustand ü 😀", #"quotes " \ and / \u0000"#, "a\u{1}b\n"]
    }

    private static func request() -> AuthorizationRequest {
        var request = AuthorizationRequest(
            client: texts().compactMap(\.self).randomElement() ?? "",
            redirectURI: "https://client.test/back?a=b&c=%20",
            responseMode: AuthorizationRequest.ResponseMode.allCases.randomElement() ?? .query,
            scope: Scope(Set(Scope.Value.allCases.filter { _ in Bool.random() })),
            state: texts().randomElement() ?? nil,
            nonce: texts().randomElement() ?? nil,
            challenge: texts().randomElement() ?? nil,
            subject: Bool.random() ? UserID.make() : nil,
            language: [PageLanguage?]([nil, .chinese, .english]).randomElement() ?? nil
        )
        request.choosesAccount = [Bool?]([nil, true, false]).randomElement() ?? nil
        request.device = texts().randomElement() ?? nil
        return request
    }

    private static func carried() -> CarriedRequest {
        CarriedRequest(id: Ticket.make().text, request: request(), end: Int64.random(in: .min ... .max))
    }

    @Test("requests, logons at WeCom and those of native clients come back as they went")
    func roundTrips() throws {
        for _ in 0..<300 {
            let carried = Self.carried()
            #expect(try seal.request(seal.seal(carried)) == carried)
            let pending = PendingLogon(identityProvider: .make(), carried: Bool.random() ? carried : nil, end: 7)
            #expect(try seal.open(seal.seal(pending, for: "x"), for: "x", as: PendingLogon.self) == pending)
            let native = NativeLogon(
                identityProvider: .make(),
                client: "client",
                schema: "wwauth",
                challenge: "challenge",
                end: -1
            )
            #expect(try seal.open(seal.seal(native, for: "y"), for: "y", as: NativeLogon.self) == native)
        }
    }

    @Test("what was sealed as one is not read as another, whatever it was sealed for")
    func kinds() throws {
        let carried = Self.carried()
        let text = try seal.seal(carried, for: "x")
        #expect(seal.open(text, for: "x", as: PendingLogon.self) == nil)
        #expect(seal.open(text, for: "x", as: NativeLogon.self) == nil)
        #expect(seal.open(text, for: "y", as: CarriedRequest.self) == nil)
    }
}
