/// Why a callback is refused. Nothing of its content is told.
public enum CallbackError: Error, Hashable {
    /// The configured token is not 1 to 32 letters and digits.
    case badToken

    /// The configured key is not 43 letters and digits.
    case badKey

    /// The signature does not fit: forged, or made with another token.
    case badSignature

    /// The encrypted part is not base64.
    case badBase64

    /// AES could not be applied.
    case cannotDecrypt

    /// The padding is not that of the key.
    case badPadding

    /// A length does not fit the bytes there are.
    case badLength

    /// It is meant for another enterprise, provider or template.
    case wrongReceiver

    /// The XML is not whole, too large, nested too deep, or holds what no callback needs.
    case badXML

    /// The JSON is not whole, or no object.
    case badJSON

    /// The event lacks an element that it needs.
    case missingElement(String)
}

extension CallbackError: CustomStringConvertible {
    /// A sentence fit for a log and for a configuration error.
    public var description: String {
        switch self {
        case .badToken: "the callback token must be 1 to 32 letters and digits"
        case .badKey: "the callback's EncodingAESKey must be exactly 43 letters and digits"
        case .badSignature: "the callback's signature is wrong"
        case .badBase64: "the callback's encrypted part is not base64"
        case .cannotDecrypt: "the callback cannot be decrypted"
        case .badPadding: "the callback cannot be decrypted with this key"
        case .badLength: "a length in the callback does not fit"
        case .wrongReceiver: "the callback is meant for another receiver"
        case .badXML: "the callback is not the XML of a callback"
        case .badJSON: "the callback is not the JSON of a callback"
        case .missingElement(let name): "the callback lacks '\(name)'"
        }
    }
}
