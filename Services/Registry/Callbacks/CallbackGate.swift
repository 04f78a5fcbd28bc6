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

    /// Larger requests are refused; WeCom's are a few kilobytes, and some 90 where a tag is given to a thousand people.
    private static let maximumBody = 1 << 20

    /// Longer answers to a check of the URL are none; WeCom's are some twenty digits.
    private static let longestEcho = 512

    /// Whether the receiver of an event is this installation's template.
    func isTemplate(_ receiver: String) -> Bool { receiver == provider?.templateID.rawValue }

    /// Whether an event is about this installation's template.
    func isTemplate(_ suite: SuiteID) -> Bool { suite == provider?.templateID }

    /// What WeCom wants to be told when it checks the URL.
    ///
    /// WeCom makes the check out to the provider's own corp, and in some consoles to the template, to the enterprise of a
    /// data callback, or to nobody (wecom.md §2.2, §8 #19). What is answered is short and has nothing in it of which XML
    /// and JSON are made, so that no event can be had decrypted by sending it as a check.
    ///
    /// - Parameter corp: The enterprise that the path is for.
    /// - Throws: ``Problem`` 403 when the signature, the receiver or the time is wrong, or it is no check.
    func echo(_ request: Request, for corp: String? = nil) throws -> [UInt8] {
        let (crypto, seal) = try (requiredCrypto(), CallbackSeal(request))
        guard let text = request.query["echostr"] else { throw Problem.callbackIncomplete("echostr") }
        return try refusing {
            let message = try crypto.decrypt(
                signature: seal.signature,
                timestamp: seal.timestamp,
                nonce: seal.nonce,
                // Base64 has no spaces: one was a plus that nobody escaped.
                encrypted: text.replacing(" ", with: "+"),
                isReceiver: { $0.isEmpty || isTemplate($0) || isProvider($0) || Self.isCorp($0, corp) }
            )
            _ = try seal.time()
            guard (1...Self.longestEcho).contains(message.count), message.allSatisfy(Self.isOfEcho) else {
                throw CallbackError.wrongReceiver
            }
            return message
        }
    }

    /// Whether an event is for the command route: of the template, made out to it (wecom.md §2.2).
    ///
    /// What is made out to the provider itself is acknowledged if it is of a kind that leads to nothing, as its orders.
    func isCommand(_ letter: CallbackLetter) -> Bool {
        if isTemplate(letter.receiver) { return letter.event.suite.map(isTemplate) ?? true }
        guard case .other = letter.event else { return false }
        return isProvider(letter.receiver)
    }

    /// Whether a receiver is the provider's own corp.
    func isProvider(_ receiver: String) -> Bool {
        provider.map { (try? CorpID(receiver)) == $0.corpID } ?? false
    }

    /// Whether a receiver is the corp of the path, compared as WeCom does.
    static func isCorp(_ receiver: String, _ path: String?) -> Bool {
        guard let corp = path.flatMap({ try? CorpID($0) }) else { return false }
        return (try? CorpID(receiver)) == corp
    }

    /// Whether a byte is printable ASCII that begins no element and no object.
    private static func isOfEcho(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && !"<>{}".utf8.contains(byte)
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
        let query = request.query
        func required(_ name: String) throws -> String {
            guard let value = query[name], !value.isEmpty else { throw Problem.callbackIncomplete(name) }
            return value
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
