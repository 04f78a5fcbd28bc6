/// A provider and one template of it, as the control API or the environment names them.
struct ProviderRegistration: Sendable {
    /// WeCom's own interval (wecom.md §1.1).
    static let usualTicketSeconds = 600.0

    let corpID: String
    let secret: String
    let templateID: String
    let templateSecret: String
    let callbackURL: String
    /// By default the data callback beside the command callback.
    var dataCallbackURL: String?
    let token: String
    let encodingAESKey: String
    var ticketSeconds = usualTicketSeconds
    var publishStatus = 2

    init(
        corpID: String,
        secret: String,
        templateID: String,
        templateSecret: String,
        callbackURL: String,
        token: String,
        encodingAESKey: String,
        ticketSeconds: Double = usualTicketSeconds,
        publishStatus: Int = 2
    ) {
        self.corpID = corpID
        self.secret = secret
        self.templateID = templateID
        self.templateSecret = templateSecret
        self.callbackURL = callbackURL
        self.token = token
        self.encodingAESKey = encodingAESKey
        self.ticketSeconds = ticketSeconds
        self.publishStatus = publishStatus
    }

    /// What the environment names; nil where a variable is missing.
    init?(environment: [String: String], ticketSeconds: Double) {
        guard let corpID = environment["WECOM_PROVIDER_CORPID"], let secret = environment["WECOM_PROVIDER_SECRET"],
            let templateID = environment["WECOM_TEMPLATE_ID"],
            let templateSecret = environment["WECOM_TEMPLATE_SECRET"],
            let callbackURL = environment["WECOM_CALLBACK_URL"], let token = environment["WECOM_CALLBACK_TOKEN"],
            let encodingAESKey = environment["WECOM_CALLBACK_AES_KEY"]
        else { return nil }
        self.init(
            corpID: corpID,
            secret: secret,
            templateID: templateID,
            templateSecret: templateSecret,
            callbackURL: callbackURL,
            token: token,
            encodingAESKey: encodingAESKey,
            ticketSeconds: ticketSeconds
        )
    }
}

extension Simulator {
    /// Throws where the AES key is none.
    func register(_ registration: ProviderRegistration) throws {
        var template = Template(
            id: registration.templateID,
            providerCorpID: registration.corpID,
            secret: registration.templateSecret,
            callbackURL: registration.callbackURL,
            dataCallbackURL: registration.dataCallbackURL
                ?? registration.callbackURL.replacing("/command", with: "/data/$CORPID$"),
            crypto: try CallbackCrypto(token: registration.token, encodingAESKey: registration.encodingAESKey),
            ticketSeconds: registration.ticketSeconds
        )
        template.publishStatus = registration.publishStatus
        providers.register(Provider(corpID: registration.corpID, secret: registration.secret), template)
    }
}
