/// Callbacks that no provider may believe.
enum Forgery: String, CaseIterable, Sendable {
    /// A signature that does not fit.
    case forged
    /// The last true callback once more, unchanged.
    case replayed
    /// Rightly signed, for another suite.
    case wrongReceiver = "wrong-receiver"
    /// Rightly signed text that does not decrypt.
    case garbled
    /// No XML at all.
    case garbage
    /// An event that nobody has heard of, which must be acknowledged.
    case unknownEvent = "unknown-event"
}

extension CallbackSender {
    /// Sends it; nil where there is nothing yet to replay.
    func send(_ forgery: Forgery, to template: Template) async throws -> Delivery? {
        let event = CommandEvent.createAuth(code: Identifier.random(128), state: "forged")
        let message = event.xml(suiteID: template.id, second: 1_403_610_513)
        var request = try makeRequest(message, receiver: template.id, to: template)
        switch forgery {
        case .forged: request.signature = Identifier.hexadecimal(digits: 40)
        case .replayed:
            guard let last = lastRequest(to: template.id) else { return nil }
            request = last
        case .wrongReceiver: request = try makeRequest(message, receiver: "dk0000000000000000", to: template)
        case .garbled:
            request.encrypted = String(request.encrypted.reversed()).replacing("=", with: "A")
            request.sign(with: template.crypto)
        case .garbage: request.encrypted = "]]><"
        case .unknownEvent:
            let unknown = "<xml><SuiteId><![CDATA[\(template.id)]]></SuiteId><InfoType><![CDATA[new_event]]></InfoType>"
            request = try makeRequest(unknown + "<TimeStamp>1</TimeStamp></xml>", receiver: template.id, to: template)
        }
        return await post(request, to: template)
    }
}

extension CallbackRequest {
    fileprivate mutating func sign(with crypto: CallbackCrypto) {
        signature = crypto.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted)
    }
}
