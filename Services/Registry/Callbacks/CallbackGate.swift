import FoundationEssentials
import Hummingbird
import Messages
import NIOCore
import Runtime
import WeCom

/// Lets in what WeCom sent to this installation, just now: signature, receiver and time are checked.
struct CallbackGate: Sendable {
    /// Nil when this installation is no provider.
    let provider: ProviderCredentials?
    /// Nil when this installation takes no callbacks.
    let crypto: CallbackCrypto?

    /// Requests with an older or a later time are refused.
    static let tolerance: Int64 = 10 * 60_000

    /// Larger requests are refused; WeCom's are a few kilobytes.
    private static let maximumBody = 64 * 1_024

    /// Whether the receiver of an event is this installation's template.
    func isTemplate(_ receiver: String) -> Bool { receiver == provider?.templateID.rawValue }

    /// Whether an event is about this installation's template.
    func isTemplate(_ suite: SuiteID) -> Bool { suite == provider?.templateID }

    /// What WeCom wants to be told when it checks the URL.
    ///
    /// WeCom makes the check out to the provider's own corp, and in some consoles to the template, to the enterprise of a
    /// data callback, or to nobody (wecom.md §2.2, §8 #19). What is answered is letters and digits at most, so that no
    /// event can be had decrypted by sending it as a check.
    ///
    /// - Parameter corp: The enterprise that the path is for.
    /// - Throws: ``Problem`` 403 when the signature, the receiver or the time is wrong, or it is no check.
    func echo(_ request: Request, for corp: String? = nil) throws -> [UInt8] {
        let (crypto, seal) = try (requiredCrypto(), CallbackSeal(request))
        guard let text = request.uri.queryParameters["echostr"] else { throw Problem.callbackIncomplete("echostr") }
        return try refusing {
            let message = try crypto.decrypt(
                signature: seal.signature,
                timestamp: seal.timestamp,
                nonce: seal.nonce,
                encrypted: String(text),
                isReceiver: { $0.isEmpty || isTemplate($0) || isProvider($0) || Self.isCorp($0, corp) }
            )
            _ = try seal.time()
            guard (1...64).contains(message.count), message.allSatisfy(Self.isLetterOrDigit) else {
                throw CallbackError.wrongReceiver
            }
            return message
        }
    }

    private func isProvider(_ receiver: String) -> Bool {
        provider.map { (try? CorpID(receiver)) == $0.corpID } ?? false
    }

    /// Whether a receiver is the corp of the path, compared as WeCom does.
    static func isCorp(_ receiver: String, _ path: String?) -> Bool {
        guard let corp = path.flatMap({ try? CorpID($0) }) else { return false }
        return (try? CorpID(receiver)) == corp
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// An event.
    ///
    /// - Parameter isReceiver: Whom the route is for.
    /// - Throws: ``Problem`` 403 when the signature, the receiver or the time is wrong, 400 when it is no event.
    func open(_ request: Request, receiver isReceiver: (String) -> Bool) async throws -> CallbackLetter {
        let (crypto, seal) = try (requiredCrypto(), CallbackSeal(request))
        let body = try await request.body.collect(upTo: Self.maximumBody)
        return try refusing {
            let packet = try CallbackPacket(body: Array(body.readableBytesView))
            let (message, receiver) = try crypto.decrypt(
                signature: seal.signature,
                timestamp: seal.timestamp,
                nonce: seal.nonce,
                encrypted: packet.encrypted
            )
            guard isReceiver(receiver) else { throw CallbackError.wrongReceiver }
            return CallbackLetter(
                message: message,
                event: try CallbackEvent(message: message),
                receiver: receiver,
                sentAt: try seal.time()
            )
        }
    }

    private func requiredCrypto() throws -> CallbackCrypto {
        guard let crypto else { throw Problem.noCallbacks }
        return crypto
    }

    private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as CallbackError {
            switch error {
            case .badXML, .badJSON, .missingElement: throw Problem.callbackMalformed(error)
            case .wrongReceiver: throw Problem.wrongReceiver
            default: throw Problem.forgedCallback
            }
        }
    }
}

/// An event with what is known of how it came.
struct CallbackLetter: Sendable {
    var message: [UInt8]
    var event: CallbackEvent
    var receiver: String
    var sentAt: Timestamp

    /// Whether a change is one of the enterprise whose callback it came by.
    var isAboutReceiver: Bool {
        guard case .changeContact(let change) = event else { return true }
        return (try? CorpID(receiver)) == change.corp
    }
}

/// What a request's query says of its origin.
struct CallbackSeal: Sendable {
    let signature: String
    let timestamp: String
    let nonce: String

    /// Throws ``Problem`` 400 when something is missing.
    init(_ request: Request) throws {
        let query = request.uri.queryParameters
        func required(_ name: String) throws -> String {
            guard let value = query[Substring(name)], !value.isEmpty else { throw Problem.callbackIncomplete(name) }
            return String(value)
        }
        signature = try required("msg_signature")
        timestamp = try required("timestamp")
        nonce = try required("nonce")
    }

    /// When it was sent. Throws ``Problem`` 403 when that is not about now.
    func time(now: Timestamp = .now) throws -> Timestamp {
        guard let seconds = Int64(timestamp), (0...Int64(UInt32.max)).contains(seconds) else {
            throw Problem.staleCallback
        }
        let time = Timestamp(millisecondsSince1970: seconds * 1_000)
        let age = now.millisecondsSince1970 - time.millisecondsSince1970
        guard abs(age) <= CallbackGate.tolerance else { throw Problem.staleCallback }
        return time
    }
}
