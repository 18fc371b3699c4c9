"""Function words that tell languages of one script apart. Closed classes, written by hand, alphabetical."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")

LATIN_WORDS: Mapping[str, str] = {
    "en": "about after again against all also an and any are as at be because been before being between "
    "both but by can could did do does during each for from had has have he her hers him his how i if "
    "in into is it its just may me might more most must my new no not now of off on one only or other "
    "our ours out over own said same says she should some such than that the their theirs them there "
    "these they this those through to two under up was we were what when where which while who why "
    "will with would you your",
    "fr": "a alors après au aussi autre autres aux avaient avait avant avec avoir bien c car ce cela ces "
    "cet cette chez comme contre d dans depuis derrière des deux devant dit donc dont du déjà elle "
    "elles encore entre est et eux faire fait il ils j je jusqu jusque l la laquelle le lequel les "
    "leur leurs lors lui mais me mes moi même n ne ni nos nous on ont or ou où par pas pendant peut "
    "peuvent plus pour qu quand que quel quelle quelles quels qui s sa sans se selon sera serait "
    "seront ses si son sont sous sur te tes toi toujours tous tout toute toutes très tu un une vers "
    "vos vous y à ça étaient était été être",
    "es": "además al ante así aunque año años bajo cada como con contra cual cuales cuando cuya cuyo de del "
    "desde dijo donde durante el ella ellas ellos en entre era eran eres es esa esas ese eso esos "
    "esta estas este esto estos fue fueron ha haber había hace hacer hacia han hasta hay he hemos la "
    "las le les lo los me mi mientras mis misma mismo muy más nada no nos nosotros otra otras otro "
    "otros para pero por porque puede pueden pues que quien quienes qué se sea según ser si sido sin "
    "sino sobre son soy su sus suyo tal también tampoco tan tanto te tengo tiene tienen toda todas "
    "todo todos tras tu tus un una unas uno unos usted ustedes va van y ya yo él",
    "de": "aber als am an auch auf aus bei beim bin bis da damit dann daran darauf daraus das dass davon "
    "dazu dein dem den denn der deren des dessen dich die dies diese diesem diesen dieser dieses dir "
    "doch dort du durch durfte eben eigenen ein eine einem einen einer eines er es etwa euch euer für "
    "gegen haben hat hatte hatten hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins "
    "ist ja jede jeder jedes jetzt kann kein keine keinen konnte können laut man mehr mit muss müssen "
    "nach nicht noch nur ob oder ohne schon sehr sei sein seine seinem seinen seiner seit selbst sich "
    "sie sind so soll sollte sondern sonst trotz um ums und uns unser unter viel viele vom von vor "
    "wann war warum was weg weil weiter welche wenn wer werden wie wieder wir wird wo wollte wurde "
    "während würde würden zu zum zur zwei zwischen über",
    "it": "ad agli ai al alla alle allo altra altre altri altro anche ancora aveva avevano che chi ci come "
    "con contro cui da dagli dai dal dalla dalle degli dei del della delle dello detto deve di dopo "
    "dove due durante e ed era erano essere fa fatto già gli ha hanno i il io le lei lo loro lui ma "
    "mentre mi molto ne negli nei nel nella nelle nello noi non od ogni per perchè perché però più "
    "poco possono prima può quando quella quelle quelli quello questa queste questi questo saranno "
    "sarà se secondo sempre senza si sono sopra sotto stato su sua sui sul sulla sulle sullo suo ti "
    "tra un una verso vi voi è",
    "pt": "ainda antes ao aos após aquela aquele aqueles as até com como contra da das depois deve disse do "
    "dois dos duas durante e ela elas ele eles em enquanto entre era eram essa essas esse esses esta "
    "estas estava estavam este estes está estão eu foi havia há isso isto já lhe lhes mais me meu "
    "minha muito na nada nas no nos nossa nosso num numa nunca nuns não nós o onde os ou outra outras "
    "outro outros para pela pelas pelo pelos pode podem por porque porquê quais qual quando que quem "
    "se segundo sem sempre ser seu seus sob sobre sua suas são também te tem ter tinha toda todas "
    "todo todos tudo têm um uma vai você vocês vão vós à às",
    "nl": "aan al alle als andere ben bent bij daar dan dat de deze die dit doen door dus echter een eens "
    "eerste elke en er gaat geeft geen geweest had hadden hebben heeft hem hen het hier hij hoe hun "
    "iets ik in is jaar je jij jouw kan kon kunnen laat maar meer men met mij mijn moet moeten na "
    "naar niet niets nog nu of om onder ons onze ook op over sinds te terwijl toch toen tot tussen "
    "twee u uit uw van veel volgens voor voordat waar waarom wanneer want waren was we weer wel welke "
    "werd wie wij wil worden wordt zal zei zelf zich zij zijn zo zonder zou zouden",
    "pl": "aby albo ale ani bardzo bez bo bowiem by byli być była było były będzie będą choć co czego czy "
    "czyli dla dlaczego do dwa dwóch gdy gdzie go i ich ile im innych jak jako je jednak jednym jego "
    "jej jest jeszcze jeśli jeżeli już każdy kiedy kto która które który ku lub ma mają mi mnie mogą "
    "może my na nad nam nas nawet nic nich nie niego niej nim niż o od ona one oni ono oraz pan po "
    "pod podczas ponieważ poza przeciw przeciwko przed przez przy raz również się sobie swoich swoje "
    "swojej są ta tak takie także tam te tego temu ten też to tych tylko tym tę u w wam was we według "
    "więc wszystkich wszystko wy z za ze został została zostały że",
    "ro": "a aceasta această acest acestea acestei acestor acești aceștia acum ai al ale alte altă am ar "
    "are asta atât au avea aveau avut așa care ce cei cel cele celor chiar cine cu cum când cât că "
    "cărei căror către dar de deci decât deja despre deși din doar două după ea ei el ele era erau "
    "este eu față fi fie fiecare fiind fost la le li lor lui mai mea mei meu mult mă ne nici niște "
    "noi nostru nu o or ori pe pentru poate pot prea prin până sa sau se spus sub sunt să său te "
    "toate tot toți un unde unei unor unui va voi vor vreo vă îi îl în înainte încă însă între își și",
    "cs": "a aby ale ani ať bez bude budou by byl byla byli bylo být co což další do dva ho i jako je jeho "
    "jej jejich její jen jestli ještě již jsem jsme jsou jste já k kde kdo kdy když kterou která "
    "které který kterých mezi mi mně moc mohou musí my mít může na nad ne nebo než nic nich nám nás "
    "ním o od on ona oni oproti pak po pod podle pokud potom pouze pro proti proto protože prý před "
    "přes přesto při roce s se si sice svou své svého svůj ta tady tak také tam tato te tedy ten to "
    "toho tom tomu tu tuto ty této u už v ve vy více však všech vždy z za zda ze či řekl že",
    "sk": "a aby aj ak ako ale alebo ani až bez bol bola boli bolo bude budú by byť do dva ešte ho ich ja "
    "je jeho jej k kde keď kto ktorá ktoré ktorú ktorý ktorých kým len mať medzi mi musí my môže môžu "
    "na nad než nich nie nič nám nás ním o od on ona oni po pod podľa pokiaľ potom povedal pre pred "
    "preto pretože prečo pri proti roku s sa si sme som ste svoj svoje sú ta tak tam tej ten tento "
    "tiež to toho tom tomu tu ty táto tú u už v viac vo vy však všetkých vždy z za zo či čo ďalší že",
    "sv": "alla allt andra att av bara bland blev bli blir de dem den denna dessa det detta där då efter "
    "eller en enligt er ett fick finns flera från få för före genom gör göra ha hade han hans har "
    "henne hennes hon honom hur i in inför ingen inget innan inte jag just kan kommer kunde man med "
    "mellan men mer mig min mot mycket många måste ni nu nya när något några och också om oss på "
    "redan sa sade sedan sig sin sina sitt ska skulle som så till två under upp utan vad var vara "
    "varit vem vi vid vilka vilken är år över",
    "da": "af alle alt andre at bare blandt blev blive bliver da de dem den denne der deres det dette dig "
    "din disse du efter ej eller en end er et flere for fordi fra få fået før gennem gør gøre ham han "
    "hans har havde have hende hendes her hun hvad hvem hver hvilken hvis hvor hvordan hvorfor i "
    "ifølge igen ikke ind ingen jeg jer kan kom kommer kun kunne lige man mange med meget mellem men "
    "mere mig min mod må måtte nogen noget nogle nu når og også om op os over på sagde selv siden sig "
    "sin sine skal skulle som så således til to ud uden under var ved vi vil ville være været år",
    "no": "alle alt andre at av bare ble bli blir blitt da de dem den denne der deres det dette disse du "
    "eller en enn er et ett etter flere for fordi fra få fått før gjennom gjør hadde ham han hans har "
    "henne hennes her hun hva hvem hver hvilken hvis hvor hvordan hvorfor i ifølge igjen ikke ingen "
    "inn jeg kan kom kommer kun kunne man mange med meg mellom men mer min mot mye må måtte noe noen "
    "nå når og også om opp oss over på sa seg selv siden sin sine sitt skal skulle som så til to "
    "under ut uten var ved vi vil ville være vært år",
    "fi": "ei eivät ennen entä että he hän hänen häntä ja jo joiden joissa joka jolla jonka jos jossa jota "
    "jotka kaikki kanssa koska kuin kuinka kun kuten le me mikä minkä minun minä mitä mukaan mutta "
    "muun myös ne niiden niin niitä noin nyt oli olisi olivat olla olleet ollut on ovat pitää se sekä "
    "sen siinä siitä sitä tai te tämä tämän tässä tätä vaan vai vaikka vain vielä voi vuoden vuonna "
    "yli",
    "tr": "ama ancak aynı az bana bazı belki ben beni benim bile bin bir biri birçok biz bize bizim bu buna "
    "bunlar bunu bunun da daha de dedi değil diye diğer dolayı en etti fakat gibi göre hem hep hepsi "
    "her hiç iki ile ilgili ise için içinde işte kadar karşı kendi ki kim mi mu mü mı nasıl ne neden "
    "o olan olarak oldu olduğu olduğunu olmak olması onlar onu onun sadece sonra tarafından tüm var "
    "ve veya ya yani yapılan yeni yer yok yıl zaman çok çünkü önce öyle üzere üzerinde şey şu",
    "id": "ada adalah agar akan aku anda antara apa atas atau bagi bahkan bahwa banyak baru beberapa belum "
    "bisa bukan dalam dan dapat dari dengan di dia hal hanya hari harus hingga ia ini itu jika juga "
    "kami karena kata ke kepada ketika kita lagi lain lebih maka masih mereka merupakan namun oleh "
    "orang pada para pernah pun saat saja sangat satu saya sebagai sebelum sebelumnya secara sedang "
    "sehingga sejak selama seorang seperti serta setelah suatu sudah tahun tak tanpa tapi telah "
    "tentang terhadap tersebut tetapi tidak untuk yang",
    "vi": "ai anh bao bà bằng bị bởi cho chúng chưa chỉ chị con càng các cái còn có cô cùng cũng cả cần của "
    "cứ do dù em giữa gì hai hay hơn họ khi không là làm lên lại mà mình mỗi một mới ngay người nhiều "
    "như nhưng những nào này nên nó nói năm nếu phải qua ra rất rằng rồi sau sẽ sự theo thì thế trong "
    "trên trước tôi tại từ việc và vào vì vẫn vậy về với ông đang đi điều đây đã đó được đến để ấy ở",
    "hu": "a abban ahhoz aki akik akkor alatt amely amelyek amelyet ami amikor amit arra az azok azonban "
    "azt azzal be belül bár csak de e egy egyik el ellen első előtt ez ezek ezen ezt ezért fel felé "
    "ha hanem hogy hogyan hozzá igen illetve is ismét itt jól kell keresztül ki két kívül közben "
    "között le legyen lehet lenne lesz lett ma maga meg mely melyek mert mi miatt mikor minden mint "
    "mintha mivel miért most már más még nagy ne nekem nem nincs olyan ott pedig rá s saját sem semmi "
    "sok során szemben szerint számára tehát tovább több túl után utána vagy vagyok való van vannak "
    "vele vissza viszont volna volt voltak át és így össze újra ő ők",
    "hr": "ali bez bi bih bila bile bili bilo bio biti da do dok dva ga gdje i iako ili im ima imaju ipak "
    "iz između iznad ja je jedan jer jesu još kad kada kako kao koga koja koje kojem koji kojih "
    "kojima kojoj koju kroz li među mi mogu može mu na nad nakon nam nas ne nego neki nema ni nije "
    "nisu njega njegov njegova njezin njih o od odnosno on ona onda oni ova ovaj ove ovo po pod preko "
    "prema pri prije protiv radi s sa sam samo se smo ste su sve svi svoj svoje ta tada tako te ti to "
    "tog tom tu u uz već više vrlo za zbog će što",
    "sq": "ai ajo ata deri dhe do duke e edhe gjatë i ishte janë ka kanë kjo ku kundër kur ky kësaj këtë me "
    "mes mund më ndërsa nga një nuk në ose pa para pas por për që saj se si sipas së te tek tij tyre "
    "të u vetëm çdo është",
    "lt": "apie ar arba bet bus buvo būti dar daugiau dėl ir iš jau jei ji jie jis jo jos jų kad kai kaip "
    "kas kur kurie kuris kurių labai mes metų ne nei nes net nors nuo o pagal per po prie prieš savo "
    "su tai taip tarp tačiau tik to todėl tuo turi už visi yra į šio šis",
    "lv": "ar arī bet bez bija būs būt caur dēļ es gan ir ja jau jo ka kad kas kur kuri kurš kā lai līdz "
    "mums mēs nav ne nevar no pa par pie pirms pret pēc savu savā starp tad tas tiek tika tikai to tā "
    "tādēļ un uz vai vairāk visi viņa viņi viņš vēl zem šis šo šī",
    "et": "aga alla ei enne et ilma ja juba järgi ka kaks keda kes koos kui kuni kus ma me mis nad nagu nii "
    "ning ole oleks oli olid olla oma on pealt pole poolt pärast saab seda see selle selles sellest "
    "siis ta te tema vaid vastu veel väga või võib üks üle",
    "sw": "alisema ambao ambaye amesema au baada bado bila cha dhidi hadi hao hii hiyo hizo huo huu ili "
    "kabla kama katika kuhusu kutoka kuwa kwa la lakini mimi na ni pia si sisi tu vya wa wakati wake "
    "wao ya yake yeye za zake",
    "az": "amma ancaq artıq belə bir bu bütün da daha dedi deyil də edib edilib edən görə həm həmin hər iki "
    "ilə isə ki kimi lakin mən nə o olan olaraq olub olunub onun qarşı qədər sonra tərəfindən var və "
    "ya yeni yox çox özünün üzrə üçün ən",
    "ca": "a abans al als amb aquest aquesta aquestes aquests com contra de del dels des després dos el ell "
    "ella els en entre era eren es estat fer fins ha han hi ho i ja la les li molt més ni no o on pel "
    "pels per però quan que qui què se segons sense ser seu seus seva seves si sobre són també tot "
    "tota tots té un una va van és",
    "sr": "ali bez bi bila bile bili bilo bio biti da do dok ga gde i iako ili im ima imaju ipak iz između "
    "ja je jedan jer još kad kada kako kao koga koja koje kojem koji kojih kojima koju kroz li među "
    "mi mogu može mu na nad nakon nam nas ne nego neki nema ni nije nisu njega njegov njegova njen "
    "njih o od on ona onda oni ova ovaj ove ovo po pod posle pre preko prema pri protiv sa sam samo "
    "se smo ste su sve svi svoj svoje ta tada tako takođe te ti to tog tom tu u uz veoma već više za "
    "zbog će što",
    "bs": "ali bez bi bila bili bilo bio biti da do dok ga gdje i iako ili im ima imaju ipak iz između je "
    "jer još kada kako kao koja koje koji kojih kojima koju kroz mogu može mu na nakon ne nema nije "
    "nisu njih o od on ona oni ova ovaj ovo po preko prema prije protiv s sa samo se smo su sve svi "
    "ta tako takođe također te to tog tom u uz već više za zbog će što",
    "sl": "ali bi bil bila bili bilo bo brez da do ga in iz je ji jih jim jo kako kar kdo ker ki kje ko kot "
    "lahko le med mu na nad ne ni njegov njen o ob od pa po pod pred pri proti s samo se sem si skozi "
    "smo so sta ste svoj svoje ta te tega tem ter ti to tudi v več vse z za zaradi če še že",
    "gl": "a ao aos as ata cando como con da das desde despois do dos dous e en entre era eran esta este "
    "estes está están foi foron hai iso isto lle lles moi máis na nas no non nos o onde os outra "
    "outro para pero pola polas polo polos por que se segundo sen seu seus sobre son só súa súas "
    "tamén ten teñen un unha unhas uns xa á ás é",
    "af": "aan as by daar dat deur die ek en geen haar het hierdie hom hul hulle hy in is julle jy kan maar "
    "meer met moet na nie nog om onder ons ook oor op sal so sou sy sê te teen toe tot tussen uit van "
    "vir was wat word",
    "ms": "ada adalah akan antara apabila atau bagi bahawa beliau berkata boleh bukan dalam dan dapat dari "
    "daripada dengan di hanya hari hingga ia ialah ini itu jika juga kami kata ke kepada kerana kita "
    "lagi lain lebih manakala masih mereka negara oleh orang pada para satu saya sebagai sebelum "
    "sejak selepas semua seperti serta sudah supaya tahun telah tersebut tetapi tidak turut untuk "
    "yang",
    "eu": "arte baina bat bere beste da dela den dira ditu dituzte du dute edo egin ere eta ez gabe gure "
    "hau hori izan nola non orain zen zer ziren zuen zuten",
    "is": "af að ef eftir einnig eins ekki en er eru eða frá fyrir hafa hafði hann hefur hjá hér hún með "
    "mjög og sagði sem sig svo sé sér sína til um undir var vera verið við voru yfir á ég í úr þar "
    "þau það þegar þeir þá þær þú",
    "ga": "a ach ag agus an ar atá bhí chun de do faoi gan go i idir is le mar na nach ní nó roimh seo siad "
    "sin sé sí tar tá é éis í ó",
    "cy": "a ac am ar bod chi dros ei eu fod gan gyda heb hefyd hyn hynny i mae na neu nhw ni nid o oedd "
    "ond rhwng roedd sy sydd wedi wrth y yn yr",
    "mt": "aktar bejn biex dan dawn din f fil għal hija huwa il imma jew kien kienet kontra l li lil ma mal "
    "mhux minn qabel ta tal u ukoll wara",
    "tl": "ang at ay ayon dahil din hindi ito iyon kanilang kanyang kay kung lang may mga mula na naman "
    "nang ng ngunit ni noong o pa para rin sa si sila siya",
    "so": "aan ah ahaa ama ay ayaa ee in iyo ka kala kale ku kuwa la laga lagu markii oo si sida soo u uu "
    "waa wax",
    "ha": "a an ba bayan ce cewa da daga don ga ita kan ko kuma mai na ne shi su suka sun ta wanda wani "
    "wata ya yi zai",
    "uz": "bilan bir boʻlgan bu deb edi emas esa ham haqida har kerak keyin lekin qilish shu uchun va yoki",
    "eo": "al aŭ de el en estas ili kaj ke kun la li mi ne ni por pri sed sur tiu ĉi ĝi ŝi",
    "ht": "ak ap gen kap ki la li nan pa pou sa se sou te tou yo yon",
}  # fmt: skip
"""Articles, pronouns, prepositions, conjunctions, auxiliaries, and what a report says: "said", "year"."""

CYRILLIC_WORDS: Mapping[str, str] = {
    "ru": "а без более будет будут бы был была были было быть в вам вас весь во время все всех всё вы где "
    "года году да даже два две для его ей ему если есть еще ещё же за заявил здесь и из или именно к "
    "как ко когда которая которого которое которой которую которые который которым которых кто куда "
    "лет ли лишь между менее мне могут может мы на над нам нас не него ней нет неё ни нибудь ними них "
    "но нём о об обо однако около он она они от очень перед по под после потому при против ранее с "
    "сам самый своего своей своих своём себя сказал со согласно сообщает сообщил среди стал стала так "
    "также такие такой там тем теперь тех тогда того той только том тому три тут ты у уже ходе хотя "
    "чего чем чему через что чтобы эта эти этим это этого этой этом этот эту я",
    "uk": "або але б без би бо був буде будуть була були було бути більш більше біля в вам вас весь вже ви "
    "вона вони все всі всіх від він два дві де для до дуже ж з за заявив згідно зі й його йому коли "
    "котрий куди лише менше мені ми може можуть між на навіть над нам нас не немає нею неї ними них "
    "нього ньому об однак перед повідомив повідомляє про проти під після роки року років сам саме "
    "свого своєї своїх себе серед сказав став стала та так такий також такі там тепер ти тим тих того "
    "тоді тому три тут тільки тієї у хоча хто це цей цим цих цього цю ця ці цієї час через чи чим "
    "чого ще що щоб я як яка яке який яким яких якого якому якої яку якщо які є і із їй їх",
    "bg": "а аз ако бе без беше бил била били било бъдат бъде бяха в вас вече вие всеки всички върху ги го "
    "година години да два две докато дори друг други е един една едно за защото заяви и или им има й "
    "каза както като когато което които който която където към между ми много могат може му на над "
    "най нас не него негов негова неговите нея ние нито но няма обаче около онова от още по повече "
    "под преди през при с са само своите своя се си след сме според спрямо срещу сте съм също тази "
    "така те тези техните ти това този той трябва тя тях че чрез ще я",
    "sr": "ако али без би била биле били било био бисмо бити бих већ више га где године години да два две "
    "до за због и из изјавио или им испред када каже као код која које којег који којима којих којој "
    "коју кроз ли међу могу може му на над након не него ни нису није о ова овај ове ово овог овом од "
    "он она они оно по под поред после пре преко према при против рекао рекла са сада сам само све "
    "сви свој своје својих се смо сте су та тада тако такође тај те то тог током том треба у што је "
    "један једна јесте још јој њега његов његова њих њихов њој ће ћемо",
    "be": "аб або ад аднак але б без бо больш будзе будуць бы была было быць быў вам вас вельмі вы гадоў "
    "года гэта гэтага гэтай гэтая гэты гэтым гэтыя да два дзве дзе для ж з заявіў каб каля калі мне "
    "могуць можа мы на нават над нам нас не няма паводле пад паміж пасля перад праз са сам сваёй "
    "сваіх сказаў стала стаў супраць сябе сярод таго тады так таксама такі там таму толькі тры тут ты "
    "тым тых у усе усё усіх хоць хто цяпер ці чаго чым што я яго яе як якая якое які якіх якія яму "
    "яны яшчэ ёй ёсць і ім іх ў ўжо",
    "mk": "а ако беа без беше бидат биде бил била биле било вас веќе вие во врз ги го година години да два "
    "две дека додека друг други дури е еден една едно за затоа и изјави или им има исто каде како "
    "кога кое кои кој која меѓу многу можат може му на над нас најмногу не неа него негов негова нема "
    "нив нивните ние низ ниту но ова оваа овие овој од околу по повеќе под пред преку при против рече "
    "само своите се секој си сите сме со според сте сум таа така ти тие тоа тој треба уште што ја јас "
    "ќе",
    "kk": "бар бен болып біз бір бұл да де дейін деп еді емес жоқ және кейін мен ол олар оның осы пен сол "
    "сіз та те туралы үшін өз",
    "ky": "ал алар анын бар биз бир болуп бул деп жана жок кийин менен ошол тууралуу чейин эле эмес үчүн өз",
    "tg": "аз аст ба барои бо буд ва вай дар ин ки мо низ он онҳо то худ шуд як ҳам",
    "mn": "ба байгаа байна байсан бол болон гэж гэсэн мөн нь оны тус тэр уг хийх энэ юм",
}  # fmt: skip
"""The same, in Cyrillic."""

ARABIC_WORDS: Mapping[str, str] = {
    "ar": "أكثر أمام أن أنا أنه أو أولئك أي أيضا إذا إلا إلى إن الا التى التي الذي الذين اللتي اللذين الى "
    "ان بأن بدون بسبب بعد بعض بين تحت تكون تلك ثم حتى حول حيث خلال خلف دون ذلك سوى ضد ضمن عام عبر على "
    "عن عند غير فإن فقط فوق في قال قالت قبل قد كان كانت كانوا كل كما كيف لأن لأنه لا لدى لكن لم لو "
    "ليس ليست ما متى مع مما من منذ نحن نحو هؤلاء هذا هذه هم هنا هناك هو هي وأن وفق وفي وقال وقالت وقد "
    "وكان ومن وهو وهي يكون يوم",
    "fa": "آن آنها آنکه از است اما اند او اگر ایشان این اینکه با باشد بالای باید بدون بر برای بعد به بود "
    "بودند بین تا تنها تو خواهد خواهند خود داد دادند داده دارد دارند داشت در درباره دو دیگر را روز "
    "روی زیر زیرا سال شد شدند شده شما شود شوند علیه فقط قبل ما من مورد می میان نه نیز نیست های هر هست "
    "هستند هم همه همین هنوز هیچ وقتی ولی وی پس پیش چرا چند چنین چه چون چگونه کجا کرد کردند کرده کند "
    "که گزارش گفت یا یک یکی",
    "ur": "اس ان انھوں انہوں اور اپنا اپنی اپنے اگر ایک بعد بھی بہت تم تو تک تھا تھی تھے جا جانے جس جن جو "
    "دو دیا رہا رہی رہے زیادہ ساتھ سے لئے لیکن لیے مگر میں نے والا والی والے وہ پر پھر پہلے کا کر "
    "کرتے کرنے کو کہ کی کیا کے گئی گئے گیا ہم ہو ہوئی ہوئے ہوا ہونے ہی ہیں ہے یا یہ",
    "ps": "او باندې بل تاسو ترڅو ته خو د دا دی دې زه سره شو شوی شي له لپاره موږ نه هغه هغوی هم وو وي پر په "
    "پورې څخه چې ډېر که کوي کړ کړي کې یې",
    "ckb": "ئەو بۆ بە لە لەگەڵ و کە",
    "ug": "ئىدى ئۈچۈن ئەمەس بولۇپ بىر بىلەن بۇ دەپ ۋە",
}  # fmt: skip
"""The same, in Arabic letters."""

_LISTS: Mapping[str, Mapping[str, str]] = {
    "Latin": LATIN_WORDS, "Cyrillic": CYRILLIC_WORDS, "Arabic": ARABIC_WORDS,
}  # fmt: skip
WORD_SCRIPTS = frozenset(_LISTS)
"""Scripts whose languages have lists here."""


@lru_cache(maxsize=16)
def _speakers(script: str, languages: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    """For each function word of `script` the places in `languages` of those that have it."""
    places: dict[str, list[int]] = {}
    for place, language in enumerate(languages):
        for word in _LISTS.get(script, {}).get(language, "").split():
            places.setdefault(word, []).append(place)
    return {word: tuple(found) for word, found in places.items()}


def votes(text: str, script: str, languages: tuple[str, ...]) -> tuple[list[int], int]:
    """How many words of `text` are function words of each of `languages`, in their order.

    Also the number of words that have no capital: capitals mostly begin names, which say little of a language.
    """
    speakers = _speakers(script, languages)
    counts = [0] * len(languages)
    found = _WORD.findall(text)
    for word in found:
        for place in speakers.get(word.lower(), ()):
            counts[place] += 1
    return counts, sum(not word[0].isupper() for word in found)
