public import Sealing

/// The kinds of WeCom's tokens. They are types, since the wrong kind in a call gives misleading errors (wecom.md §8 #23).
public enum TokenKind {
    /// One app in one enterprise.
    public enum Access: TokenPurpose {
        /// Its name in a query.
        public static let parameter = "access_token"
    }

    /// One template or suite of a provider.
    public enum Suite: TokenPurpose {
        /// Its name in a query.
        public static let parameter = "suite_access_token"
    }

    /// The provider itself.
    public enum Provider: TokenPurpose {
        /// Its name in a query.
        public static let parameter = "provider_access_token"
    }
}

/// What a token is good for.
public protocol TokenPurpose: Sendable {
    /// The name under which it stands in a query.
    static var parameter: String { get }
}

/// A token, and how long WeCom said it lasts.
public struct Token<Purpose: TokenPurpose>: Sendable, Hashable {
    /// The token itself.
    public let value: Secret

    /// From the moment it was given.
    public let lifetime: Duration

    /// Takes a token as WeCom gave it.
    public init(_ value: Secret, lifetime: Duration) {
        self.value = value
        self.lifetime = lifetime
    }
}

/// A token for the calls about one enterprise.
public typealias AccessToken = Token<TokenKind.Access>

/// A token for the calls about authorizations of a template.
public typealias SuiteToken = Token<TokenKind.Suite>

/// A token for the calls about the provider.
public typealias ProviderToken = Token<TokenKind.Provider>
