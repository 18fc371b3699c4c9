"""Letters and function words that tell languages of one script apart. Closed classes, written by hand."""

from __future__ import annotations

from collections.abc import Mapping

LATIN_WORDS: Mapping[str, str] = {
    "en": "the of and to in that is was for on with as by at from it his her its has have "
    "had were which this be are "
    "been but not or an they their said would will who after about more than when there what "
    "into over also we you "
    "could could if she he him our your out up can no all one new",
    "fr": "le la les des du et une un dans est que qui pour sur au aux par avec ce cette ces "
    "son sa ses leur leurs il "
    "elle ils elles ne pas plus mais ou où été être avoir ont sont a à selon après entre "
    "sans sous depuis dont même "
    "aussi comme avait était nous vous l d c n qu j s y se très",
    "es": "el la los las de del y en que un una por con para no es al lo su sus como más "
    "pero fue ha han este esta "
    "estos estas entre sobre también desde hasta según tras sin ser son muy ya cuando donde "
    "había porque se le les "
    "dijo año años nos uno contra ante",
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als "
    "auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben "
    "nur oder aber vor zur bis "
    "mehr durch man sein wurde sei kann gegen vom wir unter soll laut",
    "it": "il lo gli della dei delle di che e un una per con non è si da nel nella sono dal "
    "alla ha come anche più ma "
    "dopo questo questa stato essere tra le i al del su ai suo sua due hanno",
    "pt": "o os da das do dos e em que um uma para com não por mais como foi ao à se no na "
    "são pelo pela também sua seu "
    "ou quando muito já está depois sobre entre até disse as nos nas ele ela",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als bij door "
    "naar uit maar nog wordt werd "
    "hij zij heeft hebben dan over of deze die was meer tot geen worden",
    "pl": "i w na z do że się nie to jest o jak po od dla przez za ale który które która czy "
    "są został była było oraz "
    "jego jej tym przed także już może",
    "ro": "și de la în a cu pe pentru că din nu este un o care sunt mai al ale lui fi au "
    "prin după fost sau dar ce "
    "această acest către între",
    "cs": "a v se na je že s z do o to i k ve pro za by ale jsou jako byl bylo který která "
    "které podle od po už také "
    "však při jeho",
    "sk": "a v sa na je že s z do o to aj k vo pre za by ale sú ako bol bolo ktorý ktorá "
    "ktoré podľa od po už tiež však",
    "sv": "och i att det som en på är av för med till den har de inte om ett men var jag "
    "från vid kan efter ska eller "
    "under sig också hade",
    "da": "og i at det som en på er af for med til den har de ikke om et men var jeg fra ved "
    "kan efter skal eller blev",
    "no": "og i at det som en på er av for med til den har de ikke om et men var jeg fra ved "
    "kan etter skal eller ble",
    "fi": "ja on ei se että oli hän mutta ovat kun myös joka mukaan niin kuin tai jos sen ollut",
    "tr": "ve bir bu da de için ile olarak olan daha çok gibi kadar sonra ancak ise göre en "
    "o ne var yok dedi etti oldu "
    "ama her",
    "id": "yang dan di ini itu dengan untuk dari pada dalam tidak akan ke telah oleh juga "
    "adalah ada karena mereka "
    "sebagai saat bisa lebih",
    "vi": "và của là có trong được cho các một không với người đã những này để khi tại từ về theo năm ở",
    "hu": "a az és hogy nem is egy van volt meg azt csak mint ez el ki de még már után szerint vagy lesz",
    "hr": "i u je na se da za su od s o kao koji će iz bi ali ili nije te što po bio koja do nakon",
    "sq": "të e në dhe i për me që një nga është u si së do më ka",
    "lt": "ir kad yra su į iš tai buvo bet kaip dėl apie už po jo savo",
    "lv": "un ir ka ar no par uz tas bet kā arī bija pēc lai",
    "et": "ja on et ei ka see oli ning kui mis aga oma ta",
    "sw": "na ya wa kwa ni katika la za kuwa hiyo huo yake",
    "az": "və bir bu da də üçün ilə olan daha çox kimi sonra isə görə var dedi",
    "ca": "el la els les de del i en que un una per amb no és al com més però va han aquest "
    "aquesta entre sobre també",
}

CYRILLIC_WORDS: Mapping[str, str] = {
    "ru": "и в не на что с по как это из от к а его за при для о об но они был была было "
    "были также после или если "
    "уже только еще она он который которые со во том этом сообщил заявил",
    "uk": "і й та що в у на не з із до від за про як це його для але вони був була було були "
    "також після або якщо вже "
    "лише ще вона він який які зі цього під час бо",
    "bg": "и на да се за от са ще не в с по като това е че са при към след но обаче които който бе го му им",
    "sr": "и у је на се да за су од са о као који ће из би али или није те што по био која до након",
    "be": "і ў на не з да ад што як гэта для але яны быў была было таксама пасля або калі ўжо яго",
    "mk": "и во на да се за од со не е што по како ова дека но кои кој ќе го му им",
}

CYRILLIC_LETTERS: Mapping[str, str] = {
    "uk": "іїєґ", "ru": "ыэъё", "be": "ўі", "sr": "јљњћђџ", "mk": "ѓќѕј", "kk": "әғқңөұүһ", "bg": "ъ",
    "tg": "ҷҳӣӯ",
}  # fmt: skip

ARABIC_WORDS: Mapping[str, str] = {
    "ar": "في من على إلى أن التي الذي عن هذا هذه مع كان قال بين ما لا لم بعد قد ذلك كما أو "
    "ثم حيث وقال خلال عند "
    "إن أنه الى ان وفق",
    "fa": "از در به که این را با است برای شد آن می بر تا یک خود کرد شده گفت نیز هم اما یا "
    "بود کند اند باید پس های هر "
    "دو گزارش",
    "ur": "کے کی میں ہے اور کا سے کو نے پر یہ ہیں کہ بھی تھا اس گیا",
    "ps": "په او د چې کې ته له دی هم یې",
    "ckb": "لە بۆ کە بە و ئەو لەگەڵ",
}

ARABIC_LETTERS: Mapping[str, str] = {
    "ar": "يكةأإىؤ", "fa": "گچپژیک", "ur": "ٹڈڑںےہھ", "ps": "ټډړښځڅۍېګڼ", "ckb": "ێۆڕڵە",
}  # fmt: skip
