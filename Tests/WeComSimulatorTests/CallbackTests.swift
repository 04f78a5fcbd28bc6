import HTTPTypes
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct CallbackTests {
    @Test("a registered template is pushed tickets by itself")
    func ticket() async throws {
        try await withProvider { provider in
            let message = try await provider.receiver.message(with: "suite_ticket")
            #expect(element("SuiteTicket", of: message)?.isEmpty == false)
            #expect(element("SuiteId", of: message) == TestProvider.templateID)
        }
    }

    @Test("tickets come again and again in their interval")
    func interval() async throws {
        try await withProvider { provider in
            _ = try await provider.receiver.message(with: "suite_ticket")
            try await provider.wecom.control(.post, "clock", ["advanceSeconds": 601])
            let deadline = ContinuousClock.now + .seconds(10)
            while provider.receiver.received.count < 2, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(provider.receiver.received.count == 2)
        }
    }

    @Test("the URL verification expects the plain text of its echo, for the provider's corp")
    func verification() async throws {
        try await withProvider { provider in
            let answer = try await provider.wecom.control(.post, "provider/verify")
            #expect(answer["verified"]?.bool == true)
        }
    }

    @Test("a callback that nobody answers is tried three times, each under its own nonce")
    func retries() async throws {
        try await withProvider { provider in
            provider.receiver.fallSilent()
            let pushed = try await provider.wecom.control(.post, "provider/ticket")
            #expect(pushed["delivery"]?["attempts"]?.integer == 3)
            #expect(pushed["delivery"]?["status"] == .null)
        }
    }

    @Test("forged and garbled callbacks are refused by a strict receiver, a replayed one decrypts")
    func forgeries() async throws {
        try await withProvider { provider in
            try await provider.wecom.control(.post, "provider/ticket")
            func status(_ kind: Forgery) async throws -> Int? {
                let answer = try await provider.wecom.control(
                    .post,
                    "send-callback",
                    ["kind": .string(kind.rawValue)]
                )
                return answer["delivery"]?["status"]?.integer
            }
            #expect(try await status(.forged) == 403)
            #expect(try await status(.garbled) == 403)
            #expect(try await status(.garbage) == 403)
            #expect(try await status(.replayed) == 200)
            #expect(try await status(.unknownEvent) == 200)
        }
    }
}
